package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class WatchdogIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen/qwen3-4b";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    /** LLAMA is pinned, QWEN preloaded. */
    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "100ms");
        bridge = RunningBridge.in(scratch)
                .with(
                        "LM_BRIDGE_MODELS_PROFILES",
                        "{\"" + LLAMA + "\": {\"pinned\": true}, \"" + QWEN + "\": {\"preload\": true}}")
                .with("LM_BRIDGE_WATCHDOG_CLI_EVERY", "2s")
                .with("LM_BRIDGE_LOADER_BREAKER_FAILURES", "1000")
                .with(machine)
                .start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @BeforeEach
    void allIsWell() {
        machine.noFaults();
        Waiting.until(
                "what is wanted is there, and nothing is wrong",
                () -> isLoaded(LLAMA) && health().path("status").asText().equals("UP"));
    }

    private JsonNode health() {
        return RunningBridge.parse(bridge.get("/health/deep").body());
    }

    private boolean isFound(String finding) {
        return health().path("hosts")
                .path(0)
                .path("findings")
                .findValuesAsText("finding")
                .contains(finding);
    }

    private double counted(String finding) {
        return bridge.metric("lm_bridge_watchdog_findings_total{finding=\"" + finding + "\"}");
    }

    private boolean isLoaded(String model) {
        for (JsonNode instance : machine.state().path("instances")) {
            if (instance.path("identifier").asText().startsWith(model + "~")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aPinnedModelThatVanishesIsBackAndNobodySeesAnError() {
        double before = counted("vanished");
        String identifier =
                machine.state().path("instances").path(0).path("identifier").asText();
        machine.expire(identifier);
        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: still here"));
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
        assertThat(Chats.text(chat.body())).isEqualTo("still here");
        assertThat(bridge.metric("model_load_attempts_total{model_name=\"" + LLAMA + "\",result=\"success\"}"))
                .isGreaterThanOrEqualTo(1);
        assertThat(counted("vanished") + counted("expired")).isGreaterThan(before);
    }

    @Test
    void whatIsPinnedAndPreloadedComesBackOnceWhenLmStudioHasRestarted() {
        double ups = counted("host_up");
        long loads = machine.lmsCalls("load");
        machine.fault("{\"kind\":\"host-down\",\"afterMs\":1500}");
        Waiting.until("it is found to be down", () -> isFound("host_down"));
        Waiting.until("it is found to be up", () -> counted("host_up") > ups);
        Waiting.until("both are back", () -> isLoaded(LLAMA) && isLoaded(QWEN));
        Waiting.until("nothing is wrong", () -> health().path("status").asText().equals("UP"));
        assertThat(machine.lmsCalls("load")).isEqualTo(loads + 2);
    }

    @Test
    void lmsThatIsBrokenWhileHttpWorksIsToldUntilItWorks() {
        double before = counted("lms_broken");
        machine.fault("{\"kind\":\"lms-garbage\",\"command\":\"ps\"}");
        Waiting.until("it is found", () -> isFound("lms_broken"));
        assertThat(counted("lms_broken")).isEqualTo(before + 1);
        assertThat(bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: hello")).statusCode())
                .as("what is loaded serves")
                .isEqualTo(200);
    }

    @Test
    void whatSomebodyElseLoadsIsToldAndLeftAlone() throws IOException, InterruptedException {
        String model = "google/gemma-3-4b";
        HttpRequest ask = HttpRequest.newBuilder(URI.create(machine.url() + "/api/v1/models/load"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\": \"" + model + "\"}"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(ask, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
        Waiting.until("it is found", () -> isFound("foreign"));
        assertThat(machine.isLoaded(model)).isTrue();
        bridge.post("/bridge/v1/models/unload", "{\"model\": \"" + model + "\", \"force\": true}");
        Waiting.until("it is gone", () -> !isFound("foreign"));
    }
}
