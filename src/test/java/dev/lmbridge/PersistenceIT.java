package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failed loads are tried again, and what keeps failing is left alone for a while: on real processes. */
@Timeout(120)
final class PersistenceIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen2.5-7b-instruct";
    private static final String ENSURE = "/bridge/v1/models/ensure";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeEach
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "100ms");
        bridge = RunningBridge.in(scratch)
                .with("LM_BRIDGE_LOADER_VERIFY_WITHIN", "1s")
                .with("LM_BRIDGE_LOADER_LOAD_TIMEOUT", "3s")
                .with("LM_BRIDGE_LOADER_DOUBT_FOR", "1s")
                .with("LM_BRIDGE_LOADER_RETRY_BACKOFF", "[\"100ms\", \"200ms\"]")
                .with("LM_BRIDGE_LOADER_BREAKER_RECOVERY", "5s")
                .with(machine)
                .start();
    }

    @AfterEach
    void stop() {
        bridge.close();
        machine.close();
    }

    @Test
    void anEngineThatFailsTwiceIsTriedAThirdTime() {
        machine.fault("{\"kind\":\"load-fails\",\"times\":2}");
        JsonNode answer = ensured(LLAMA);
        assertThat(answer.path("attempts").asInt()).isEqualTo(3);
        assertThat(answer.path("verified").asBoolean()).isTrue();
        assertThat(machine.lmsCalls("load")).isEqualTo(3);
        assertThat(bridge.get("/metrics").body())
                .contains("retry_attempts_total{attempt_number=\"1\",operation=\"load\"} 1.0")
                .contains("retry_attempts_total{attempt_number=\"2\",operation=\"load\"} 1.0");
    }

    @Test
    void aLoadThatLiedIsTriedAgain() {
        machine.fault("{\"kind\":\"load-lost\",\"times\":1}");
        assertThat(ensured(LLAMA).path("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void aLoadThatHungIsTriedAgainOnceItCannotAppearAnyMore() {
        machine.fault("{\"kind\":\"lms-hangs\",\"command\":\"load\",\"times\":1}");
        JsonNode answer = ensured(LLAMA);
        assertThat(answer.path("attempts").asInt()).isEqualTo(2);
        assertThat(answer.path("tookMs").asInt()).isGreaterThan(4_000);
        assertThat(machine.state().path("instances")).hasSize(1);
    }

    @Test
    void aRefusalForMemoryIsNotTriedAgain() {
        machine.fault("{\"kind\":\"load-memory\",\"times\":1}");
        assertThat(bridge.post(ENSURE, body(LLAMA)).statusCode()).isEqualTo(503);
        assertThat(machine.lmsCalls("load")).isEqualTo(1);
    }

    @Test
    void whatKeepsFailingIsLeftAloneUntilATrialSucceeds() {
        machine.fault("{\"kind\":\"load-fails\",\"model\":\"" + LLAMA + "\"}");
        assertThat(code(bridge.post(ENSURE, body(LLAMA)))).isEqualTo("model_load_failed");
        assertThat(code(bridge.post(ENSURE, body(LLAMA)))).isEqualTo("model_load_failed");
        assertThat(machine.lmsCalls("load")).as("five failures in a row").isEqualTo(5);

        HttpResponse<String> refused = bridge.post(Chats.PATH, Chats.plain(LLAMA, "hello"));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(RunningBridge.parse(refused.body()).at("/error/code").asText())
                .isEqualTo("circuit_open");
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 5L);
        assertThat(code(bridge.post(ENSURE, body(LLAMA)))).isEqualTo("circuit_open");
        assertThat(machine.lmsCalls("load")).as("no process starts").isEqualTo(5);
        assertThat(breaker(LLAMA).path("state").asText()).isEqualTo("open");
        assertThat(breaker(LLAMA).path("retryAfterSeconds").asInt()).isBetween(1, 5);
        assertThat(bridge.get("/metrics").body())
                .contains("lm_bridge_breaker_state{host=\"local\",name=\"" + LLAMA + "\",scope=\"model\"} 2.0");
        assertThat(ensured(QWEN).path("verified").asBoolean())
                .as("another model loads")
                .isTrue();

        machine.noFaults();
        Waiting.until(
                "the breaker is half open",
                () -> breaker(LLAMA).path("state").asText().equals("half_open"));
        assertThat(ensured(LLAMA).path("attempts").asInt()).isEqualTo(1);
        assertThat(breaker(LLAMA).isMissingNode())
                .as("nothing has failed since")
                .isTrue();
    }

    @Test
    void manyCallersOfAModelThatFailsCostNoMoreAttemptsThanOne() {
        machine.fault("{\"kind\":\"load-fails\",\"model\":\"" + LLAMA + "\"}");
        var answers = IntStream.range(0, 50)
                .mapToObj(each -> bridge.postAsync(ENSURE, body(LLAMA)))
                .toList();
        assertThat(answers).allSatisfy(answer -> assertThat(code(answer.join())).isEqualTo("model_load_failed"));
        assertThat(machine.lmsCalls("load")).isEqualTo(4);
    }

    private JsonNode ensured(String model) {
        HttpResponse<String> answer = bridge.post(ENSURE, body(model));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBridge.parse(answer.body());
    }

    private JsonNode breaker(String name) {
        for (JsonNode row :
                RunningBridge.parse(bridge.get("/bridge/v1/breakers").body()).path("breakers")) {
            if (row.path("name").asText().equals(name)) {
                return row;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    private static String code(HttpResponse<String> answer) {
        return RunningBridge.parse(answer.body()).path("code").asText();
    }

    private static String body(String model) {
        return "{\"model\": \"" + model + "\"}";
    }
}
