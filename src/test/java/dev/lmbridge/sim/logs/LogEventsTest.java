package dev.lmbridge.sim.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.chat.Answers;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.ModelType;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.machine.Work;
import dev.lmbridge.sim.machine.WorkListener;
import dev.lmbridge.sim.machine.WorkRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogEventsTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final Heard heard = new Heard();

    @Test
    void withoutAListenerNoEntryIsMade() {
        LogEvents events = new LogEvents(time);
        events.tell(() -> {
            throw new AssertionError("made for nobody");
        });
        events.listen(heard);
        events.leave(heard);
        events.tell(() -> {
            throw new AssertionError("made for one who has left");
        });
        assertThat(heard.entries).isEmpty();
    }

    @Test
    void aPredictionIsLoggedWhenItBeginsAndWhenItEnds() {
        machine.logs().listen(heard);
        chat();
        time.pass(machine, Duration.ofMinutes(1));
        assertThat(heard.entries).hasSize(3);
        assertThat(heard.entries.get(0)).isInstanceOfSatisfying(LogEntry.EngineLine.class, loaded -> {
            assertThat(loaded.modelIdentifier()).isEqualTo(LLAMA);
            assertThat(loaded.message()).isEqualTo("Model loaded.");
        });
        assertThat(heard.entries.get(1)).isInstanceOfSatisfying(LogEntry.Input.class, input -> {
            assertThat(input.input()).isEqualTo("<|user|>\nHello");
            assertThat(input.modelIdentifier()).isEqualTo(LLAMA);
            assertThat(input.modelPath()).endsWith(".gguf");
        });
        assertThat(heard.entries.get(2)).isInstanceOfSatisfying(LogEntry.Output.class, output -> {
            assertThat(output.output()).isNotBlank();
            assertThat(output.stats().stopReason()).isEqualTo("eosFound");
            assertThat(output.stats().tokensPerSecond()).isBetween(9.0, 11.0);
            assertThat(output.stats().predictedTokensCount()).isPositive();
        });
    }

    @Test
    void anAnswerThatIsCutOffIsLoggedAsFarAsItCame() {
        machine.logs().listen(heard);
        Work work = chat();
        time.pass(machine, Duration.ofMillis(1_500));
        work.cancel();
        assertThat(heard.entries.getLast())
                .isInstanceOfSatisfying(
                        LogEntry.Output.class,
                        output -> assertThat(output.stats().stopReason()).isEqualTo("userStopped"));
    }

    @Test
    void theEndOfLmStudioEndsEveryListening() {
        machine.logs().listen(heard);
        machine.power().down();
        machine.power().up();
        chat();
        time.pass(machine, Duration.ofMinutes(1));
        assertThat(heard.ended).isEqualTo(1);
        assertThat(heard.entries).singleElement().isInstanceOf(LogEntry.ServerLine.class);
    }

    @Test
    void textAndJsonShowTheSameEntry() {
        Instant at = Instant.parse("2026-03-04T15:06:07Z");
        LogEntry line = new LogEntry.EngineLine(LogEntry.Level.WARN, "Low on memory.", "mine", null);
        assertThat(LogText.of(at, line, ZoneOffset.UTC, false))
                .isEqualTo("[WARN] lm-bridge-sim@1.0.0 (rules) mine Low on memory.\n");
        assertThat(LogJson.event(at, line))
                .hasToString("{\"timestamp\":1772636767000,\"data\":{\"type\":\"runtime.log\",\"level\":\"warn\","
                        + "\"message\":\"Low on memory.\",\"engineName\":\"lm-bridge-sim\",\"engineVersion\":\"1.0.0\","
                        + "\"engineType\":\"rules\",\"modelIdentifier\":\"mine\"}}");
        LogEntry output = new LogEntry.Output("Yes.", new LogEntry.Stats("eosFound", 2.0, 0.5, 1.25, 3, 2), "mine");
        assertThat(LogText.of(at, output, ZoneOffset.UTC, true)).isEqualTo("""
                timestamp: 3/4/2026, 3:06:07 PM
                type: llm.prediction.output
                modelIdentifier: mine
                output:
                Yes.
                stopReason: eosFound
                tokensPerSecond: 2
                timeToFirstTokenSec: 0.5
                totalTimeSec: 1.25
                promptTokensCount: 3
                predictedTokensCount: 2
                totalTokensCount: 5


                """);
    }

    private Work chat() {
        ChatRequest request = ChatRequest.of(List.of(ChatRequest.Message.of("user", "Hello")), ChatRequest.Limits.NONE);
        return machine.work(
                new WorkRequest(LLAMA, ModelType.LLM, null, instance -> Answers.to(request, instance)),
                new WorkListener() {
                    @Override
                    public void ended(Instance instance, Script script) {}

                    @Override
                    public void failed(Refusal refusal) {}
                });
    }

    private static final class Heard implements LogEvents.Listener {
        final List<LogEntry> entries = new ArrayList<>();
        int ended;

        @Override
        public void logged(Instant at, LogEntry entry) {
            entries.add(entry);
        }

        @Override
        public void ended() {
            ended++;
        }
    }
}
