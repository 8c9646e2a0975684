package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The audit, and a store that is not as it should be: on real processes. */
@Timeout(180)
final class StoreIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";

    @TempDir
    private Path folder;

    @Test
    void whoLoadedAndForcedIsKnownAfterAKill() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "100ms")) {
            RunningBridge.Setup setup = RunningBridge.in(folder).with(machine);
            try (RunningBridge bridge = setup.start()) {
                bridge.post("/bridge/v1/models/ensure", "{\"model\": \"" + LLAMA + "\"}");
                bridge.post("/bridge/v1/models/unload", "{\"model\": \"" + LLAMA + "\", \"force\": true}");
                Waiting.until("four entries are written", () -> entries(bridge).size() == 4);
                bridge.kill9();
            }
            try (RunningBridge bridge = setup.start()) {
                JsonNode entries = entries(bridge);
                assertThat(entries.findValuesAsText("action"))
                        .containsExactlyInAnyOrder("load", "loaded", "unload_forced", "unloaded");
                assertThat(entries.findValuesAsText("actor")).contains("127.0.0.1", "bridge");
                assertThat(entries.findValuesAsText("model")).containsOnly(LLAMA);
                bridge.sigterm();
                assertThat(bridge.exitCode()).isZero();
                assertThat(bridge.err()).doesNotContain("Flyway").doesNotContain("\"level\":\"ERROR\"");
            }
        }
    }

    @Test
    void aDamagedStoreIsToldAtTheStartWithTheWayOut() throws IOException {
        Path file = folder.resolve("data/store/lm-bridge.mv.db");
        Files.createDirectories(folder.resolve("data/store"));
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(file, "not a database ".repeat(1_000));
        Programs.Result refused = RunningBridge.in(folder)
                .with("LM_BRIDGE_HOSTS", "[{\"name\": \"local\", \"url\": \"http://127.0.0.1:9\", \"lms\": \"none\"}]")
                .run("serve", "--port", "0");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains(file.toString()).contains("damaged").contains("mv '");
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void aDatabaseThatDoesNotAnswerMakesUnreadyAndStopsNothingElse() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "100ms");
                RunningBridge bridge = RunningBridge.in(folder)
                        .with(machine)
                        .with("LM_BRIDGE_STORE_URL", "postgresql://keeper7:hunter2@127.0.0.1:9/models")
                        .start()) {
            var ready = bridge.get("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(RunningBridge.parse(ready.body()).at("/store/state").asText())
                    .isEqualTo("down");
            var audit = bridge.get("/bridge/v1/audit");
            assertThat(audit.statusCode()).isEqualTo(503);
            assertThat(audit.body()).contains("store_unavailable");
            assertThat(bridge.post(Chats.PATH, Chats.plain(LLAMA, "Good morning"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(bridge.out() + bridge.err() + ready.body() + audit.body())
                    .doesNotContain("hunter2")
                    .doesNotContain("keeper7");
        }
    }

    private static JsonNode entries(RunningBridge bridge) {
        return RunningBridge.parse(bridge.get("/bridge/v1/audit").body()).path("entries");
    }
}
