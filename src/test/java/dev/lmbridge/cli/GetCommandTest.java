package dev.lmbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GetCommandTest {
    private static final String POST = "POST /bridge/v1/downloads";
    private static final String GET = "GET /bridge/v1/downloads/7";
    private static final String QUEUED = "{\"id\":\"7\",\"model\":\"x/m\",\"host\":\"local\",\"status\":\"queued\"}";
    private static final String HALF = "{\"id\":\"7\",\"model\":\"x/m\",\"host\":\"local\",\"status\":\"running\","
            + "\"percent\":50.0,\"downloadedBytes\":1000000000,\"totalBytes\":2000000000,\"bytesPerSecond\":100000000}";
    private static final String DONE = "{\"id\":\"7\",\"model\":\"x/m\",\"host\":\"local\",\"status\":\"completed\","
            + "\"endedAt\":\"2026-01-02T03:04:05Z\"}";

    @TempDir
    Path home;

    @Test
    void aDownloadIsFollowedToItsEnd() throws IOException {
        try (ScriptedBridge bridge =
                new ScriptedBridge().on(POST, 202, QUEUED).on(GET, 200, HALF).on(GET, 200, DONE)) {
            Shell shell = new Shell(home);

            assertThat(shell.run("get", "x/m", "--host", "local", "--url", bridge.url()))
                    .isZero();

            assertThat(bridge.bodies.getFirst()).isEqualTo("{\"model\":\"x/m\",\"host\":\"local\"}");
            assertThat(shell.out.strip()).isEqualTo("x/m was downloaded to local.");
            assertThat(shell.err).doesNotContain("\u001b");
        }
    }

    @Test
    void aPersonSeesHowFarItIs() throws IOException {
        try (ScriptedBridge bridge =
                new ScriptedBridge().on(POST, 202, QUEUED).on(GET, 200, HALF).on(GET, 200, DONE)) {
            Shell shell = new Shell(home).typing("");

            assertThat(shell.run("get", "x/m", "--url", bridge.url())).isZero();

            assertThat(shell.err)
                    .contains("x/m waits for another download")
                    .contains("50 %  1.0 GB of 2.0 GB  100.0 MB/s  10s left");
        }
    }

    @Test
    void jsonIsTheJobAtItsEnd() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge().on(POST, 202, QUEUED).on(GET, 200, DONE)) {
            Shell shell = new Shell(home);

            assertThat(shell.run("get", "x/m", "--json", "--url", bridge.url())).isZero();
            assertThat(shell.out.strip()).isEqualTo(DONE);
            assertThat(shell.err).isEmpty();
        }
    }

    @Test
    void aFailedDownloadIsAFailureWithItsProblem() throws IOException {
        String failed = "{\"id\":\"7\",\"model\":\"x/m\",\"host\":\"local\",\"status\":\"failed\",\"endedAt\":\"x\","
                + "\"error\":{\"title\":\"t\",\"detail\":\"The disk is full.\",\"code\":\"upstream_error\"}}";
        try (ScriptedBridge bridge = new ScriptedBridge().on(POST, 202, QUEUED).on(GET, 200, failed)) {
            Shell shell = new Shell(home);

            assertThat(shell.run("get", "x/m", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.err).contains("error: The disk is full. (upstream_error)");
            assertThat(shell.run("get", "x/m", "--json", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.out.strip()).isEqualTo(failed);
        }
    }

    @Test
    void whatSomebodyElseCancelsHasNotBeenDownloaded() throws IOException {
        String cancelled = DONE.replace("completed", "cancelled");
        try (ScriptedBridge bridge = new ScriptedBridge().on(POST, 202, QUEUED).on(GET, 200, cancelled)) {
            Shell shell = new Shell(home);

            assertThat(shell.run("get", "x/m", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.err).contains("was cancelled");
        }
    }

    @Test
    void aRefusedDownloadIsTold() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge()
                .on(POST, 503, "{\"detail\":\"There is no lms.\",\"code\":\"lms_not_installed\"}")) {
            Shell shell = new Shell(home);

            assertThat(shell.run("get", "x/m", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.err).contains("(lms_not_installed)", "lm-bridge doctor");
            assertThat(bridge.requests).containsExactly(POST);
        }
    }

    @Test
    void aLoadShowsAPersonHowFarItIs() throws IOException {
        String list = "{\"models\":[{\"model\":\"m\",\"state\":\"loading\",\"percent\":42}]}";
        ScriptedBridge bridge = new ScriptedBridge();
        try (bridge) {
            bridge.on("GET /bridge/v1/models", 200, list)
                    .on(
                            "POST /bridge/v1/models/load",
                            200,
                            "{\"model\":\"m\",\"identifier\":\"m~1\",\"host\":\"local\"}",
                            () -> Waiting.until(
                                    "it was asked how far it is",
                                    () -> bridge.requests.stream()
                                                    .filter("GET /bridge/v1/models"::equals)
                                                    .count()
                                            > 1));
            Shell shell = new Shell(home).typing("");

            assertThat(shell.run("load", "m", "--url", bridge.url())).isZero();
            assertThat(shell.err).contains("loading m", "42 %");
            assertThat(shell.out.strip()).isEqualTo("m is loaded on local as m~1.");
        }
    }
}
