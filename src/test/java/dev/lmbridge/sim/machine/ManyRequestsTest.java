package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ManyRequestsTest {
    private static final List<String> MODELS = List.of(
            "llama-3.2-1b-instruct",
            "qwen2.5-7b-instruct",
            "google/gemma-3-4b",
            "text-embedding-nomic-embed-text-v1.5");
    private static final int REQUESTS = 10_000;
    private static final int TOKENS = 8;

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final Map<String, List<Integer>> started = new HashMap<>();
    private final Map<String, Integer> most = new HashMap<>();
    private int tokens;
    private int ended;
    private int failed;

    @Test
    void tenThousandRequestsTakeTheirTurnsAndLeaveNothingBehind() {
        loadAll();
        long began = System.nanoTime();
        for (int i = 0; i < REQUESTS; i++) {
            ask(i);
        }
        time.pass(machine, Duration.ZERO);
        assertThat(machine.loaded().stream().mapToInt(Instance::queued).sum()).isEqualTo(REQUESTS);
        time.pass(machine, Duration.ofMinutes(20));
        long took = (System.nanoTime() - began) / 1_000_000;
        System.out.println("10,000 simulated requests over 4 instances took " + took + " ms of real time");

        assertThat(ended).isEqualTo(REQUESTS);
        assertThat(failed).isZero();
        assertThat(tokens).isEqualTo(REQUESTS / 4 * 3 * TOKENS);
        for (String model : MODELS) {
            assertThat(started.get(model)).hasSize(REQUESTS / 4).isSorted();
            assertThat(most.get(model)).isEqualTo(model.startsWith("text") ? 1 : 4);
        }
        assertThat(machine.loaded()).hasSize(4).allMatch(Instance::isIdle);
        time.pass(machine, Duration.ofMinutes(31));
        assertThat(machine.loaded()).isEmpty();
        assertThat(machine.memoryUsed()).isZero();
        assertThat(machine.agenda().nextDue()).isEmpty();
        assertThat(machine.agenda().size()).isZero();
    }

    @Test
    void requestsThatAreGivenUpAnywhereOnTheWayLeaveTheirSlots() {
        loadAll();
        List<Work> all = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            all.add(ask(i));
        }
        int givenUp = 0;
        for (int i = 0; i < REQUESTS; i += 3) {
            if (i % 100 == 0) {
                time.pass(machine, Duration.ofMillis(70));
            }
            all.get(REQUESTS - 1 - i).cancel();
            givenUp++;
        }
        time.pass(machine, Duration.ofMinutes(20));
        assertThat(ended).isBetween(REQUESTS - givenUp, REQUESTS - 1);
        assertThat(failed).isZero();
        assertThat(machine.loaded()).hasSize(4).allMatch(Instance::isIdle);
        time.pass(machine, Duration.ofMinutes(31));
        assertThat(machine.loaded()).isEmpty();
        assertThat(machine.agenda().size()).isZero();
    }

    private void loadAll() {
        for (String model : MODELS) {
            machine.load(LoadRequest.of(model).withTtl(Duration.ofMinutes(30)), new LoadRecord());
        }
        time.pass(machine, Duration.ofSeconds(2));
        assertThat(machine.loaded()).hasSize(4);
    }

    private Work ask(int number) {
        String model = MODELS.get(number % MODELS.size());
        boolean embedding = model.startsWith("text");
        Script script =
                new Script(10, Collections.nCopies(embedding ? 0 : TOKENS, new Token.Content("x")), "eosFound", null);
        ModelType type = embedding ? ModelType.EMBEDDING : ModelType.LLM;
        return machine.work(new WorkRequest(model, type, null, instance -> script), new Listener(number, model));
    }

    private final class Listener implements WorkListener {
        private final int number;
        private final String model;

        Listener(int number, String model) {
            this.number = number;
            this.model = model;
        }

        @Override
        public void started(Instance instance, Script script) {
            started.computeIfAbsent(model, key -> new ArrayList<>()).add(number);
            most.merge(model, instance.running.size(), Math::max);
        }

        @Override
        public void token(Token token) {
            tokens++;
        }

        @Override
        public void ended(Instance instance, Script script) {
            ended++;
        }

        @Override
        public void failed(Refusal refusal) {
            failed++;
        }
    }
}
