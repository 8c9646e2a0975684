package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class ExplainIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen/qwen3-4b";
    private static final String ENSURE = "/bridge/v1/models/ensure";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "2s");
        bridge = RunningBridge.in(scratch).with(machine).start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @Test
    void aChatThatWaitedAndWasRetriedTellsItAllAndSoDoItsModels() throws Exception {
        machine.fault("{\"kind\":\"load-fails\",\"model\":\"" + QWEN + "\",\"text\":\"Exit code: 6\",\"times\":1}");
        var first = bridge.postAsync(ENSURE, "{\"model\": \"" + LLAMA + "\", \"ttl\": \"3s\"}");
        Waiting.until(
                "the first load is under way",
                () -> model(LLAMA).path("state").asText().equals("loading"));
        HttpResponse<String> chat =
                bridge.send(HttpRequest.newBuilder(bridge.url().resolve(Chats.PATH))
                        .header("Content-Type", "application/json")
                        .header("X-Request-Id", "second")
                        .POST(HttpRequest.BodyPublishers.ofString(Chats.plain(QWEN, "say: a secret word"))));
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
        String firstId = first.get(60, TimeUnit.SECONDS)
                .headers()
                .firstValue("X-LM-Bridge-Request-Id")
                .orElseThrow();

        Waiting.until("the story has its end", () -> request("second").has("outcome"));
        JsonNode told = request("second");
        assertThat(told.path("outcome").asText()).isEqualTo("success");
        assertThat(told.path("model").asText()).isEqualTo(QWEN);
        assertThat(told.path("host").asText()).isEqualTo("local");
        assertThat(names(told))
                .containsSubsequence(
                        "model.queued",
                        "model.loading",
                        "model.load_failed",
                        "model.retrying",
                        "model.loading",
                        "model.loaded",
                        "model.verified",
                        "request.ready",
                        "request.forwarded",
                        "request.answered");
        assertThat(event(told, "model.queued").at("/behind/0").asText()).isEqualTo("the load of " + LLAMA);
        assertThat(event(told, "model.load_failed").path("detail").asText()).contains("Exit code: 6");
        assertThat(told.toString()).doesNotContain("secret word");

        JsonNode loaded = model(QWEN);
        assertThat(loaded.path("state").asText()).isEqualTo("loaded");
        assertThat(loaded.at("/kept/0/rule").asText()).isEqualTo("ttl");
        assertThat(event(loaded, "model.loading").path("request").asText()).isEqualTo("second");

        Waiting.until("the first model has expired", () -> names(model(LLAMA)).contains("model.expired"));
        JsonNode expired = model(LLAMA);
        assertThat(expired.path("state").asText()).isEqualTo("not-loaded");
        assertThat(event(expired, "model.loading").path("request").asText()).isEqualTo(firstId);
        assertThat(event(expired, "model.expired").path("rule").asText()).isEqualTo("ttl");

        machine.fault("{\"kind\":\"load-memory\",\"gigabytes\":22.92}");
        HttpResponse<String> refused = bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(event(model(LLAMA), "model.refused").path("rule").asText()).isEqualTo("insufficient_memory");
    }

    private JsonNode request(String id) {
        return RunningBridge.parse(
                bridge.get("/bridge/v1/explain?request=" + id).body());
    }

    private JsonNode model(String key) {
        return RunningBridge.parse(bridge.get("/bridge/v1/explain?model=" + key).body());
    }

    private static List<String> names(JsonNode told) {
        List<String> names = new ArrayList<>();
        told.path("events").forEach(event -> names.add(event.path("event").asText()));
        return names;
    }

    private static JsonNode event(JsonNode told, String name) {
        for (JsonNode event : told.path("events")) {
            if (event.path("event").asText().equals(name)) {
                return event;
            }
        }
        throw new AssertionError("no " + name + " in " + told);
    }
}
