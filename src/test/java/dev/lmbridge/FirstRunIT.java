package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class FirstRunIT {
    private static final String SIMULATED = "X-LM-Bridge-Simulated";

    @TempDir
    private Path folder;

    @Test
    void withoutLmStudioItSaysThatModelsAreSimulatedAndEachCommandItShowsWorks() {
        assumeTrue(Programs.isInstalled("bash") && Programs.isInstalled("curl"), "bash and curl are needed");
        try (RunningBridge bridge = RunningBridge.in(folder).start()) {
            assertThat(bridge.out())
                    .contains("LM Bridge is up at " + bridge.url())
                    .contains("SIMULATED")
                    .contains("no LM Studio was found");
            assertThat(bridge.out().lines().count()).as("one screen").isLessThanOrEqualTo(24);

            // A machine that is busy with its start may answer the first look too late.
            Waiting.until("the host was seen", () -> hostState(bridge).equals("up"));
            List<String> commands = commands(bridge.out());
            assertThat(commands).hasSize(3);
            List<JsonNode> answers = commands.stream()
                    .map(command -> Programs.run(folder, Map.of(), List.of("bash", "-c", command)))
                    .map(result -> {
                        assertThat(result.code()).isZero();
                        return RunningBridge.parse(result.out());
                    })
                    .toList();
            assertThat(answers.get(0).at("/choices/0/message/content").asText())
                    .as(answers.get(0).toString())
                    .contains("42");
            assertThat(answers.get(1).at("/models/0/simulated").asBoolean()).isTrue();
            assertThat(answers.get(2).path("verified").asBoolean()).isTrue();
            assertThat(answers.get(2).path("ttlSeconds").asLong()).isEqualTo(600);

            HttpResponse<String> chat = bridge.post(
                    Chats.PATH, Chats.plain(answers.get(2).path("model").asText(), "say: hello"));
            assertThat(Chats.text(chat.body())).isEqualTo("hello");
            assertThat(chat.headers().firstValue(SIMULATED)).contains("true");

            HttpResponse<String> ready = bridge.get("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            JsonNode health = RunningBridge.parse(ready.body());
            assertThat(health.path("simulated").asBoolean()).isTrue();
            assertThat(health.at("/hosts/0/detail").asText()).contains("simulated LM Studio");
            assertThat(bridge.err()).contains("models are simulated");
        }
    }

    @Test
    void anInstalledLmStudioThatIsNotRunningIsAHostThatIsDownAndStaysReal() throws Exception {
        RunningBridge.Setup setup =
                RunningBridge.in(folder).with("LMSTUDIO_PORT", "9").with("LMSTUDIO_HOST", "127.0.0.1");
        RunningBridge.Setup unconfigured = RunningBridge.in(folder);
        Files.createDirectories(unconfigured.home().resolve(".lmstudio"));
        try (RunningBridge bridge = unconfigured.start()) {
            assertThat(bridge.out()).contains("DOWN").doesNotContainIgnoringCase("simulat");
            isDown(bridge);
        }

        Files.delete(unconfigured.home().resolve(".lmstudio"));
        try (RunningBridge bridge = unconfigured.start()) {
            assertThat(bridge.out()).as("this data directory had a real host").contains("DOWN");
            isDown(bridge);
        }
        try (RunningBridge bridge = setup.start()) {
            isDown(bridge);
        }
    }

    /** As on a full disk, which a test cannot have everywhere. */
    @Test
    void aServiceThatCannotTellWhereItIsSaysSoAndDoesNotStart() throws Exception {
        RunningBridge.Setup setup = RunningBridge.in(folder).with("LMSTUDIO_PORT", "9");
        Files.createDirectories(setup.dataDir().resolve("lm-bridge.port.new"));
        Programs.Result failed = setup.run("serve", "--port", "0");
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err())
                .contains("The data directory " + setup.dataDir() + " cannot be written to")
                .doesNotContain("should not have happened");
    }

    private static String hostState(RunningBridge bridge) {
        return RunningBridge.parse(bridge.get("/health/ready").body())
                .at("/hosts/0/state")
                .asText();
    }

    private static void isDown(RunningBridge bridge) {
        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain("llama-3.2-1b-instruct", "hello"));
        assertThat(chat.statusCode()).isEqualTo(503);
        JsonNode error = RunningBridge.parse(chat.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("host_unavailable");
        assertThat(error.path("type").asText()).isEqualTo("server_error");
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("request_id").asText())
                .isEqualTo(chat.headers().firstValue("X-LM-Bridge-Request-Id").orElseThrow());
        assertThat(chat.headers().firstValue(SIMULATED)).isEmpty();

        JsonNode health = RunningBridge.parse(bridge.get("/health/ready").body());
        assertThat(health.path("simulated").asBoolean(true)).isFalse();
        assertThat(health.at("/hosts/0/state").asText()).isEqualTo("down");
        assertThat(bridge.children()).as("no simulator runs").isEmpty();
    }

    /** What stands after "Try:", put together where a line goes on in the next. */
    private static List<String> commands(String banner) {
        List<String> commands = new ArrayList<>();
        for (String line : banner.substring(banner.indexOf("Try:")).lines().toList()) {
            if (line.startsWith("  curl ")) {
                commands.add(line);
            } else if (line.startsWith("    ")) {
                commands.set(commands.size() - 1, commands.getLast() + "\n" + line);
            }
        }
        return commands;
    }
}
