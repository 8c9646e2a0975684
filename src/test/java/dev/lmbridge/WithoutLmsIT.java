package dev.lmbridge;

import static dev.lmbridge.testing.RunningBridge.parse;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host without {@code lms}: LM Studio's own API loads and unloads, until {@code lms} is installed. */
@Timeout(120)
final class WithoutLmsIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String ASK = "{\"model\":\"" + LLAMA + "\"}";

    @TempDir
    Path folder;

    @Test
    void modelsAreLoadedAndUnloadedByTheHostsOwnApiUntilLmsIsInstalled() throws IOException {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start();
                RunningBridge bridge = RunningBridge.in(folder)
                        .with(
                                "LM_BRIDGE_HOSTS",
                                "[{\"name\":\"local\",\"url\":\"" + machine.url() + "\",\"lms\":\"auto\"}]")
                        .start()) {
            JsonNode ensured =
                    parse(bridge.post("/bridge/v1/models/ensure", ASK).body());
            assertThat(ensured.path("verified").asBoolean()).as("%s", ensured).isTrue();
            assertThat(ensured.path("identifier").asText()).isEqualTo(LLAMA);
            assertThat(ensured.path("ttlSeconds").asInt())
                    .as("kept by the bridge, as the host is told none")
                    .isEqualTo(600);
            assertThat(ensured.path("warnings").toString()).isEqualTo("[\"ttl_not_enforced_by_host\"]");
            assertThat(machine.isLoaded(LLAMA)).isTrue();
            assertThat(bridge.post(
                                    "/v1/chat/completions",
                                    "{\"model\":\"" + LLAMA
                                            + "\",\"messages\":[{\"role\":\"user\",\"content\":\"What is 6 times 7?\"}]}")
                            .body())
                    .contains("42");
            assertThat(bridge.get("/health/ready").body()).contains("ttl_not_enforced_by_host");
            assertThat(bridge.err()).contains("ttl_not_enforced_by_host");
            assertThat(bridge.post("/bridge/v1/models/ensure", "{\"model\":\"no-such-model\"}")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(bridge.post("/bridge/v1/downloads", "{\"model\":\"a/b\"}")
                            .body())
                    .contains("lms_not_installed");

            assertThat(bridge.post("/bridge/v1/models/unload", ASK).statusCode())
                    .isEqualTo(200);
            assertThat(machine.isLoaded(LLAMA)).isFalse();
            assertThat(machine.calls().path("lms")).isEmpty();

            Path bin = Files.createDirectories(bridge.setup().home().resolve(".lmstudio/bin"));
            Files.createSymbolicLink(bin.resolve("lms"), machine.lms());
            Waiting.until("lms is noticed", Duration.ofSeconds(60), () -> {
                bridge.unloadAll();
                String answer = bridge.post("/bridge/v1/models/ensure", ASK).body();
                return parse(answer).path("identifier").asText().startsWith(LLAMA + "~");
            });
            assertThat(bridge.get("/health/ready").body()).doesNotContain("ttl_not_enforced_by_host");
        }
    }
}
