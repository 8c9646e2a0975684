package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.EventStream;
import dev.lmbridge.testing.ProcessTable;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class FaultsIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String ENSURE = "/bridge/v1/models/ensure";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "100ms");
        bridge = impatient(RunningBridge.in(scratch)).with(machine).start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @BeforeEach
    void allIsWell() {
        machine.noFaults();
        bridge.unloadAll();
    }

    private static RunningBridge.Setup impatient(RunningBridge.Setup setup) {
        return setup.with("LM_BRIDGE_LOADER_VERIFY_WITHIN", "2s")
                .with("LM_BRIDGE_LOADER_LOAD_TIMEOUT", "3s")
                .with("LM_BRIDGE_LOADER_DOUBT_FOR", "1s")
                .with("LM_BRIDGE_LOADER_RETRY_MAX", "0")
                .with("LM_BRIDGE_LOADER_BREAKER_FAILURES", "1000")
                .with("LM_BRIDGE_HTTP_HEARTBEAT_AFTER", "1s");
    }

    @Test
    void aLoadThatLiesIsFoundOutAndMemoryPressureIsNamed() {
        machine.fault("{\"kind\":\"load-lost\",\"model\":\"" + LLAMA + "\"}");
        JsonNode problem = refused(502, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(problem.path("code").asText()).isEqualTo("model_verification_failed");
        assertThat(problem.path("detail").asText()).contains("memory pressure");
        assertThat(bridge.get("/metrics").body().lines())
                .anyMatch(line ->
                        line.startsWith("model_verification_failures_total{model_name=\"" + LLAMA + "\",reason=\""));

        machine.noFaults();
        JsonNode error = RunningBridge.parse(
                bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}").body());
        assertThat(error.path("verified").asBoolean()).as(error.toString()).isTrue();
    }

    @Test
    void aModelThatAppearsLateIsWaitedFor() {
        machine.fault("{\"kind\":\"load-late\",\"afterMs\":800,\"times\":1}");
        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: late but here"));
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
        assertThat(Chats.text(chat.body())).isEqualTo("late but here");
    }

    @Test
    void aRefusalForLackOfMemoryCarriesTheHostsFigure() {
        machine.fault("{\"kind\":\"load-memory\",\"gigabytes\":22.92,\"times\":1}");
        JsonNode problem = refused(503, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(problem.path("code").asText()).isEqualTo("insufficient_memory");
        assertThat(problem.path("requiredBytes").asLong()).isEqualTo(22_920_000_000L);
        assertThat(problem.path("detail").asText()).contains("22.92");
    }

    @Test
    void aHungLoadIsEndedAtItsDeadlineWithAllItsProcesses() {
        machine.fault("{\"kind\":\"lms-hangs\",\"command\":\"load\"}");
        JsonNode problem = refused(502, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(problem.path("code").asText()).isEqualTo("model_load_failed");
        assertThat(problem.path("reason").asText()).isEqualTo("timeout");
        machine.noFaults();

        List<Long> grandchildren = new ArrayList<>();
        machine.state().path("grandchildren").forEach(pid -> grandchildren.add(pid.asLong()));
        assertThat(grandchildren).as("the fault did start them").isNotEmpty();
        for (Long pid : grandchildren) {
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        }
        noProcessIsLeft();
    }

    @Test
    void aMisspeltNameIsRefusedWithNearNamesAndNothingIsLoaded() {
        long loads = machine.lmsCalls("load");
        JsonNode problem = refused(404, "{\"model\": \"llama-3.2-1b-instrct\"}");
        assertThat(problem.path("code").asText()).isEqualTo("model_not_found");
        assertThat(problem.at("/available/0").asText()).isEqualTo(LLAMA);
        assertThat(refused(404, "{\"model\": \"LLAMA-3.2-1B-instruct\"}")
                        .at("/available/0")
                        .asText())
                .isEqualTo(LLAMA);

        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain("lama", "hello"));
        assertThat(chat.statusCode()).isEqualTo(404);
        assertThat(RunningBridge.parse(chat.body()).at("/error/code").asText()).isEqualTo("model_not_found");
        assertThat(machine.lmsCalls("load")).isEqualTo(loads);
    }

    @Test
    void aStreamThatIsCutEndsWithAnErrorEvent() {
        bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
        machine.fault("{\"kind\":\"stream-cut\",\"tokens\":5,\"times\":1}");
        try (EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "count to 200"))) {
            assertThat(stream.status()).isEqualTo(200);
            List<String> events = stream.rest();
            assertThat(EventStream.textOf(events.subList(0, events.size() - 1))).startsWith("1");
            assertThat(events).doesNotContain(EventStream.DONE);
            JsonNode error = RunningBridge.parse(events.getLast()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("upstream_error");
            assertThat(error.path("status").asInt()).isEqualTo(502);
        }
        assertThat(Chats.text(bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: well again"))
                        .body()))
                .isEqualTo("well again");
    }

    @Test
    void aServerErrorOfTheHostIsAnUpstreamErrorAndIsNotSentAgain() {
        bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
        machine.fault("{\"kind\":\"http-500\",\"text\":\"The engine is unwell\",\"times\":1}");
        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain(LLAMA, "hello"));
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(502);
        JsonNode error = RunningBridge.parse(chat.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("upstream_error");
        assertThat(error.path("message").asText()).contains("The engine is unwell");
    }

    @Test
    void aHostThatDiesInMidAnswerEndsTheStreamAndIsThenUnavailable(@TempDir Path scratch) {
        try (SimulatedLmStudio mortal = SimulatedLmStudio.start("--load-time", "100ms");
                RunningBridge other =
                        impatient(RunningBridge.in(scratch)).with(mortal).start();
                EventStream stream = other.stream(Chats.PATH, Chats.streaming(LLAMA, "40000 words"))) {
            stream.awaitText();
            mortal.kill();
            List<String> rest = stream.rest();
            assertThat(rest).doesNotContain(EventStream.DONE);
            assertThat(RunningBridge.parse(rest.getLast()).at("/error/code").asText())
                    .isIn("upstream_error", "host_unavailable");

            HttpResponse<String> chat = other.post(Chats.PATH, Chats.plain(LLAMA, "hello"));
            assertThat(chat.statusCode()).as(chat.body()).isEqualTo(503);
            assertThat(RunningBridge.parse(chat.body()).at("/error/code").asText())
                    .isEqualTo("host_unavailable");
            JsonNode health = RunningBridge.parse(other.get("/health/ready").body());
            assertThat(health.path("status").asText())
                    .as("the bridge itself is well")
                    .isEqualTo("UP");
            assertThat(health.at("/hosts/0/state").asText()).isEqualTo("down");
        }
    }

    @Test
    void aStreamingCallerOfAHungLoadHearsHeartbeatsAndThenAnErrorEvent() {
        machine.fault("{\"kind\":\"load-hangs\"}");
        try (EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "hello"))) {
            assertThat(stream.status()).isEqualTo(200);
            List<String> events = stream.rest();
            assertThat(stream.comments()).isPositive();
            assertThat(events).hasSize(1);
            JsonNode error = RunningBridge.parse(events.getFirst()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("model_load_failed");
            assertThat(error.path("reason").asText()).isEqualTo("timeout");
            assertThat(error.path("status").asInt()).isEqualTo(502);
        }
        machine.noFaults();
        noProcessIsLeft();
        Waiting.until(
                "the machine loads no more",
                () -> machine.state().path("loading").isEmpty());
    }

    @Test
    void anEngineThatFailsIsALoadThatFailedInItsWords() {
        machine.fault("{\"kind\":\"load-fails\",\"text\":\"Exit code: 6\",\"times\":1}");
        JsonNode problem = refused(502, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(problem.path("code").asText()).isEqualTo("model_load_failed");
        assertThat(problem.path("detail").asText()).contains("Exit code: 6");
    }

    @Test
    void aProcessThatLmsLeavesBehindHoldsNothingUp() {
        machine.fault("{\"kind\":\"lms-leaves-child\",\"command\":\"load\",\"times\":1}");
        HttpResponse<String> answer = bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RunningBridge.parse(answer.body()).path("verified").asBoolean())
                .isTrue();
        noProcessIsLeft();
    }

    @Test
    void aRowThatVanishesWhileLmsLooksIsLookedForAgain() {
        machine.fault("{\"kind\":\"lms-row-vanishes\",\"times\":1}");
        HttpResponse<String> answer = bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RunningBridge.parse(answer.body()).path("warnings")).isEmpty();
    }

    @Test
    void aCrashOfTheEngineIsFollowedByANewLoad() {
        bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
        machine.fault("{\"kind\":\"crash\"}");
        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: risen"));
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
        assertThat(Chats.text(chat.body())).isEqualTo("risen");
    }

    @Test
    void aPromptThatIsTooLongIsRefusedAsTheHostRefusesIt() {
        JsonNode ensured =
                RunningBridge.parse(bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\", \"contextLength\": 512}")
                        .body());
        assertThat(ensured.path("verified").asBoolean()).isTrue();
        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain(LLAMA, "many words ".repeat(2_000)));
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(400);
        assertThat(RunningBridge.parse(chat.body()).at("/error/code").asText()).isEqualTo("context_length_exceeded");
    }

    private void noProcessIsLeft() {
        if (ProcessTable.canBeRead()) {
            Waiting.until(
                    "no process of this lms is left",
                    () -> ProcessTable.ofLms(machine).isEmpty());
        }
    }

    private JsonNode refused(int status, String body) {
        HttpResponse<String> answer = bridge.post(ENSURE, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        return RunningBridge.parse(answer.body());
    }
}
