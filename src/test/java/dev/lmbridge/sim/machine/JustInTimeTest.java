package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.machine.Refusal.Reason;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Loading on demand, and what ends it: LM Studio's documents on TTL and auto-evict. */
final class JustInTimeTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen2.5-7b-instruct";
    private static final String GEMMA = "google/gemma-3-4b";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();

    @Test
    void whatInferenceLoadedGoesAnHourAfterItsLastUse() {
        ask(LLAMA);
        pass(MINUTE.multipliedBy(50));
        ask(LLAMA);
        pass(MINUTE.multipliedBy(59));
        assertThat(identifiers()).containsExactly(LLAMA);
        pass(MINUTE.multipliedBy(2));
        assertThat(identifiers()).isEmpty();
        assertThat(machine.memoryUsed()).isZero();
    }

    @Test
    void theTimeOfARequestCountsOnlyIfItCausesTheLoad() {
        ask(LLAMA, Duration.ofSeconds(90), 1);
        pass(MINUTE);
        ask(LLAMA, Duration.ofHours(9), 1);
        pass(MINUTE);
        assertThat(machine.find(LLAMA).orElseThrow().ttl()).isEqualTo(Duration.ofSeconds(90));
        pass(MINUTE);
        assertThat(identifiers()).isEmpty();
    }

    @Test
    void anExplicitLoadWithoutATimeStaysWhateverRequestsSay() {
        load(LoadRequest.of(LLAMA));
        ask(LLAMA, Duration.ofSeconds(1), 1);
        pass(Duration.ofDays(30));
        assertThat(identifiers()).containsExactly(LLAMA);
        assertThat(machine.find(LLAMA).orElseThrow().expiresAt()).isNull();
    }

    @Test
    void theClockStandsStillWhileRequestsWaitInTheQueue() {
        load(LoadRequest.of(LLAMA).withTtl(Duration.ofSeconds(5)).withParallel(1));
        WorkRecord first = ask(LLAMA, null, 100);
        WorkRecord second = ask(LLAMA, null, 100);
        pass(Duration.ofSeconds(15));
        assertThat(first.ended).isTrue();
        assertThat(second.ended).isFalse();
        assertThat(machine.find(LLAMA).orElseThrow().expiresAt()).isNull();
        pass(Duration.ofSeconds(9));
        assertThat(second.ended).isTrue();
        assertThat(identifiers()).containsExactly(LLAMA);
        pass(Duration.ofSeconds(3));
        assertThat(identifiers()).isEmpty();
    }

    @Test
    void theNextModelTakesThePlaceOfTheOneThatInferenceLoadedAndOfNoOther() {
        load(LoadRequest.of(LLAMA));
        load(LoadRequest.of(LLAMA).withTtl(Duration.ofHours(2)));
        ask(QWEN);
        pass(MINUTE);
        ask(GEMMA);
        pass(MINUTE);
        assertThat(identifiers()).containsExactly(LLAMA, LLAMA + ":2", GEMMA);
    }

    @Test
    void anEvictionEndsTheWorkOfTheEvictedOne() {
        WorkRecord long1 = ask(QWEN, null, 10_000);
        pass(MINUTE);
        WorkRecord next = ask(GEMMA);
        pass(MINUTE);
        assertThat(long1.refusal).isEqualTo(Refusal.unloaded());
        assertThat(next.ended).isTrue();
    }

    @Test
    void ofTwoThatAreLoadedAtOnceOneStays() {
        ask(QWEN);
        ask(GEMMA);
        pass(MINUTE);
        assertThat(identifiers()).hasSize(1);
    }

    @Test
    void withoutEvictionAllStay() {
        machine.settings(machine.settings().with(new MachineSettings.Jit(true, Duration.ofHours(1), false)));
        ask(QWEN);
        ask(GEMMA);
        pass(MINUTE);
        ask(LLAMA);
        pass(MINUTE);
        assertThat(identifiers()).containsExactlyInAnyOrder(QWEN, GEMMA, LLAMA);
    }

    @Test
    void afterItsExpiryAModelComesBackWithTheDefaults() {
        load(LoadRequest.of(LLAMA).withTtl(MINUTE).withContextLength(10_000).withParallel(1));
        pass(MINUTE.multipliedBy(2));
        assertThat(identifiers()).isEmpty();
        WorkRecord work = ask(LLAMA);
        pass(MINUTE);
        assertThat(work.ended).isTrue();
        Instance back = machine.find(LLAMA).orElseThrow();
        assertThat(back.contextLength()).isEqualTo(4_096);
        assertThat(back.parallel()).isEqualTo(4);
        assertThat(back.ttl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aNameThatIsNoKeyDoesNotComeBack() {
        load(LoadRequest.of(LLAMA).withIdentifier("mine").withTtl(MINUTE));
        WorkRecord before = ask("mine");
        pass(MINUTE.multipliedBy(2));
        assertThat(before.ended).isTrue();
        WorkRecord after = ask("mine");
        pass(MINUTE);
        assertThat(after.refusal)
                .isNotNull()
                .extracting(Refusal::title)
                .asString()
                .startsWith("Invalid model identifier \"mine\".");
        assertThat(identifiers()).isEmpty();
    }

    @Test
    void aRequestForAVariantIsServedByTheInstanceThatItLoaded() {
        for (String variant : new String[] {GEMMA + "@q8_0", GEMMA + "@q4_k_m"}) {
            machine.crash();
            ask(variant);
            pass(MINUTE);
            assertThat(identifiers()).containsExactly(GEMMA);
            Instance serving = machine.find(GEMMA).orElseThrow();
            ask(variant);
            pass(MINUTE);
            assertThat(machine.find(GEMMA)).containsSame(serving);
        }
    }

    @Test
    void theContextLengthOfARequestIsThatOfTheLoadItCauses() {
        machine.work(new WorkRequest(LLAMA, ModelType.LLM, null, 9_000, instance -> script(1)), new WorkRecord());
        pass(MINUTE);
        assertThat(machine.find(LLAMA).orElseThrow().contextLength()).isEqualTo(9_000);
    }

    @Test
    void aMistakeInTheRulesEndsTheRequestAndFreesItsSlot() {
        load(LoadRequest.of(LLAMA).withParallel(1));
        WorkRecord heard = new WorkRecord();
        machine.work(
                new WorkRequest(LLAMA, ModelType.LLM, null, instance -> {
                    throw new IllegalStateException("a mistake, made by the test");
                }),
                heard);
        WorkRecord next = ask(LLAMA);
        pass(MINUTE);
        assertThat(heard.refusal).isNotNull().extracting(Refusal::reason).isEqualTo(Reason.CRASHED);
        assertThat(next.ended).isTrue();
        assertThat(machine.find(LLAMA).orElseThrow().isIdle()).isTrue();
    }

    private WorkRecord ask(String model) {
        return ask(model, null, 1);
    }

    private WorkRecord ask(String model, @Nullable Duration ttl, int tokens) {
        WorkRecord heard = new WorkRecord();
        machine.work(new WorkRequest(model, ModelType.LLM, ttl, instance -> script(tokens)), heard);
        return heard;
    }

    private static Script script(int tokens) {
        return new Script(10, Collections.nCopies(tokens, new Token.Content("x")), "eosFound", null);
    }

    private void load(LoadRequest request) {
        machine.load(request, new LoadRecord());
        pass(Duration.ofMillis(1_100));
    }

    private void pass(Duration duration) {
        time.pass(machine, duration);
    }

    private List<String> identifiers() {
        return machine.loaded().stream().map(Instance::identifier).toList();
    }
}
