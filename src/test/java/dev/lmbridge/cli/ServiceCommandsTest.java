package dev.lmbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lmbridge.cli.Shell.FakeBridge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceCommandsTest {
    private static final String TWO_MODELS = """
            {"models":[
              {"model":"qwen/qwen3-4b","identifier":"qwen/qwen3-4b~1","host":"local","state":"loaded","ttlSeconds":600,
               "expiresAt":"2026-01-02T03:13:45.900Z","pinned":false,"leases":1,"inFlight":2,"queued":0,
               "sizeBytes":2500000000,"foreign":false,"simulated":false},
              {"model":"evil\\u001b[2J\\nname","identifier":"e~1","host":"far","state":"loaded","pinned":true,
               "leases":0,"inFlight":0,"queued":0,"sizeBytes":999,"foreign":true}
            ]}""";
    private static final String LOADED = """
            {"model":"m","identifier":"m~1","host":"local","alreadyLoaded":false,"verified":true,"ttlSeconds":600,
             "attempts":2,"tookMs":3200,"warnings":["ttl_not_enforced_by_host"]}""";

    @TempDir
    Path home;

    private Shell shell;

    @BeforeEach
    void openAShell() {
        shell = new Shell(home);
    }

    @Test
    void psShowsAlignedColumnsAndWhatIsLeftOfTheTtl() throws IOException {
        try (FakeBridge bridge = new FakeBridge(200, TWO_MODELS, false)) {
            assertThat(shell.run("ps", "--url", bridge.url() + "/")).isZero();

            assertThat(bridge.request).isEqualTo("GET /bridge/v1/models?state=loaded");
            assertThat(shell.out.lines())
                    .containsExactly(
                            "IDENTIFIER       MODEL          HOST   STATE             SIZE    IN USE               STAYS",
                            "qwen/qwen3-4b~1  qwen/qwen3-4b  local  loaded            2.5 GB  2 running, 1 leased  9m 40s left",
                            "e~1              evil?[2J?name  far    loaded (foreign)  999 B   -                    pinned");
        }
    }

    @Test
    void jsonIsTheAnswerAsItCame() throws IOException {
        try (FakeBridge bridge = new FakeBridge(200, TWO_MODELS, true)) {
            assertThat(shell.run("ls", "--json", "--url", bridge.url())).isZero();

            assertThat(bridge.request).isEqualTo("GET /bridge/v1/models");
            assertThat(shell.out).isEqualTo(TWO_MODELS + System.lineSeparator());
            assertThat(shell.err).isEmpty();
        }
    }

    @Test
    void namesAndOptionsTravelInTheBodyAlone() throws IOException {
        try (FakeBridge bridge = new FakeBridge(200, LOADED, true)) {
            assertThat(shell.run(
                            "ensure",
                            "a/../b?x=1 \"",
                            "--ttl",
                            "10m",
                            "--keep",
                            "--host",
                            "h",
                            "--context-length",
                            "4096",
                            "--url",
                            bridge.url()))
                    .isZero();

            assertThat(bridge.request).isEqualTo("POST /bridge/v1/models/ensure");
            assertThat(bridge.body)
                    .isEqualTo("{\"model\":\"a/../b?x=1 \\\"\",\"ttl\":\"10m\",\"keepLoaded\":true,\"host\":\"h\","
                            + "\"contextLength\":4096}");
            assertThat(shell.out.strip())
                    .isEqualTo("m is loaded on local as m~1, after 3.2s and 2 attempts; it goes after 10m unused.");
            assertThat(shell.err).contains("warning: ttl_not_enforced_by_host", "simulated LM Studio");

            shell.run("load", "m", "--ttl", "90", "--temporary", "--url", bridge.url());
            assertThat(bridge.request).isEqualTo("POST /bridge/v1/models/load");
            assertThat(bridge.body).isEqualTo("{\"model\":\"m\",\"ttl\":90,\"keepLoaded\":false}");

            assertThat(shell.run("unload", "m", "--force", "--url", bridge.url()))
                    .isZero();
            assertThat(bridge.request).isEqualTo("POST /bridge/v1/models/unload");
            assertThat(bridge.body).isEqualTo("{\"model\":\"m\",\"force\":true}");
            assertThat(shell.out.strip()).isEqualTo("Unloaded m~1.");
        }
    }

    @Test
    void aProblemIsToldWithFieldsNearNamesAndWhenToTryAgain() throws IOException {
        String problem = """
                {"type":"about:blank","title":"Not found","status":404,"detail":"There is no model x.",
                 "code":"model_not_found","requestId":"r-1","errors":[{"field":"model","message":"unknown"}],
                 "available":["a","b","c","d","e","f"],"retryAfterSeconds":61}""";
        try (FakeBridge bridge = new FakeBridge(404, problem, false)) {
            assertThat(shell.run("ensure", "x", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.out).isEmpty();
            assertThat(shell.err.lines())
                    .containsExactly(
                            "error: There is no model x. (model_not_found)",
                            "  model: unknown",
                            "  Available: a, b, c, d, e, … (lm-bridge ls shows all)",
                            "  Trying again makes sense in 1m 1s.",
                            "  Request id: r-1");

            assertThat(shell.run("ensure", "x", "--json", "--url", bridge.url()))
                    .isEqualTo(1);
            assertThat(shell.out.strip()).isEqualTo(problem);
        }
    }

    @Test
    void theServiceIsFoundByItsPortFile() throws IOException {
        try (FakeBridge bridge = new FakeBridge(200, "{\"models\":[]}", false)) {
            writePortFile(bridge.url(), ProcessHandle.current().pid());

            assertThat(shell.run("ps")).isZero();
            assertThat(shell.out.strip()).isEqualTo("No model is loaded.");
        }
    }

    @Test
    void aPortFileOfADeadProcessIsNotBelieved() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        try (FakeBridge stranger = new FakeBridge(500, "{}", false);
                FakeBridge bridge = new FakeBridge(200, "{\"models\":[]}", false)) {
            writePortFile(stranger.url(), gone.pid());
            Path config = Files.writeString(
                    home.resolve("c.yaml"), "http: {port: " + bridge.port() + ", host: 0.0.0.0}\nauth: {mode: open}\n");

            assertThat(shell.run("ls", "--config", config.toString())).isZero();
            assertThat(stranger.request).isNull();
        }
    }

    @Test
    void withoutAServiceOneIsToldHowToStartIt() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(shell.run("ps", "--set", "http.port=" + free)).isEqualTo(3);
        assertThat(shell.err).contains("not running", "lm-bridge serve");
        assertThat(shell.run("ps", "--set", "http.port=0")).isEqualTo(3);
    }

    @Test
    void whatIsNotLmBridgeIsRecognised() throws IOException {
        try (FakeBridge stranger = new FakeBridge(200, "<html>", false)) {
            assertThat(shell.run("ps", "--url", stranger.url())).isEqualTo(1);
            assertThat(shell.err).contains("is not LM Bridge");
        }
    }

    @Test
    void aServiceThatDoesNotAnswerIsGivenUpAtTheDeadline() throws IOException {
        // Connections are taken by the system's backlog, and nobody ever reads them.
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            BridgeClient client = new BridgeClient(URI.create("http://127.0.0.1:" + silent.getLocalPort()));

            assertThat(catchThrowableOfType(CommandFailure.class, () -> client.get("/", Duration.ofMillis(200))))
                    .hasMessageContaining("did not answer within 200ms");
        }
    }

    private void writePortFile(String url, long pid) throws IOException {
        Path folder = Files.createDirectories(home.resolve(".lm-bridge"));
        Files.writeString(folder.resolve("lm-bridge.port"), "{\"url\":\"" + url + "\",\"pid\":" + pid + "}");
    }
}
