package dev.lmbridge.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class SimStandInIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";

    @TempDir
    private Path folder;

    private final Set<Long> grandchildren = new HashSet<>();
    private SimulatedLmStudio sim;

    record Result(int code, String out, String err) {}

    @BeforeAll
    void start() {
        sim = SimulatedLmStudio.start();
    }

    @AfterAll
    void stop() {
        sim.close();
    }

    @AfterEach
    void reset() throws Exception {
        sim.noFaults();
        lms("unload", "--all");
    }

    @Test
    void aLoadIsSeenByPsAndOverHttp() throws Exception {
        Result load = lms("load", LLAMA, "-y", "--ttl", "300");
        assertThat(load.code()).isZero();
        assertThat(load.out()).startsWith("\u001b[?25l\rLoading " + LLAMA + " ").endsWith("\r\u001b[K\u001b[?25h");
        assertThat(load.err())
                .matches("Model loaded successfully in [\\d.]+m?s\\.\n\\(1\\.23 GiB\\)\n"
                        + "To use the model in the API/SDK, use the identifier \"" + LLAMA + "\"\\.\n");

        JsonNode row = new ObjectMapper().readTree(lms("ps", "--json").out()).path(0);
        assertThat(row.path("identifier").asText()).isEqualTo(LLAMA);
        assertThat(row.path("ttlMs").asLong()).isEqualTo(300_000);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(sim.url() + "/api/v0/models/" + LLAMA))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("\"state\" : \"loaded\"");
        }
    }

    @Test
    void anUnknownModelIsRefusedOnStderrWithCodeOne() throws Exception {
        Result load = lms("load", "zzz", "-y");
        assertThat(load.code()).isEqualTo(1);
        assertThat(load.out()).isEmpty();
        assertThat(load.err()).startsWith("Model not found\n\nNo model found that matches model key \"zzz\".\n");
    }

    @Test
    void sigintCancelsTheLoad() throws Exception {
        sim.fault("{\"kind\":\"load-hangs\"}");
        Process load = begin("load", LLAMA, "-y");
        awaitFrame(load);
        signal(load, "INT");
        Result result = end(load);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("W Load cancelled.\n");
        assertThat(sim.state().path("loading")).isEmpty();
    }

    @Test
    void sigtermLeavesTheLoadToTheMachine() throws Exception {
        sim.fault("{\"kind\":\"load-hangs\",\"times\":1}");
        Process load = begin("load", LLAMA, "-y");
        awaitFrame(load);
        signal(load, "TERM");
        Result result = end(load);
        assertThat(result.code()).isEqualTo(143);
        assertThat(result.err()).isEmpty();
        assertThat(sim.state().path("loading")).hasSize(1);
        sim.fault("{\"kind\":\"crash\"}");
        assertThat(sim.state().path("loading")).isEmpty();
    }

    @Test
    void sigtermEndsTheLoadOfAMachineThatAbortsAbandonedOnes() throws Exception {
        sim.settings("{\"abortAbandonedLoads\":true}");
        sim.fault("{\"kind\":\"load-hangs\",\"times\":1}");
        Process load = begin("load", LLAMA, "-y");
        awaitFrame(load);
        signal(load, "TERM");
        assertThat(end(load).code()).isEqualTo(143);
        lms("ps");
        assertThat(sim.state().path("loading")).isEmpty();
        sim.settings("{\"abortAbandonedLoads\":null}");
    }

    @Test
    void aCallThatHangsAfterItsWorkDiesOfSigint() throws Exception {
        sim.fault("{\"kind\":\"lms-hangs-after\",\"times\":1}");
        Process load = begin("load", LLAMA, "-y");
        BufferedReader err = load.errorReader(UTF_8);
        assertThat(err.readLine()).startsWith("Model loaded successfully");
        assertThat(err.readLine()).isEqualTo("(1.23 GiB)");
        assertThat(err.readLine()).contains("use the identifier");
        assertThat(load.waitFor(300, MILLISECONDS)).isFalse();
        signal(load, "INT");
        assertThat(load.waitFor(10, SECONDS)).isTrue();
        assertThat(load.exitValue()).isEqualTo(130);
    }

    @Test
    void halfADocumentAndGarbageComeWithCodeZero() throws Exception {
        sim.fault("{\"kind\":\"lms-half-json\",\"command\":\"ls\",\"times\":1}");
        Result half = lms("ls", "--json");
        assertThat(half.code()).isZero();
        assertThat(half.out()).startsWith("[{\"type\"").doesNotEndWith("]\n");
        sim.fault("{\"kind\":\"lms-garbage\",\"command\":\"ls\",\"times\":1,\"text\":\"Bus error\"}");
        assertThat(lms("ls", "--json")).isEqualTo(new Result(0, "Bus error\n", ""));
    }

    @Test
    void aPickerEndsWithItsInputAndWaitsWhileItIsOpen() throws Exception {
        Process waiting = begin("load", "qwen");
        assertThat(waiting.getErrorStream().read()).isEqualTo('?');
        assertThat(waiting.isAlive()).isTrue();
        waiting.getOutputStream().close();
        assertThat(waiting.waitFor(10, SECONDS)).isTrue();
        assertThat(waiting.exitValue()).isEqualTo(1);
    }

    @Test
    void aHangingCallHasAGrandchildThatHoldsItsStreams() throws Exception {
        sim.fault("{\"kind\":\"lms-hangs\",\"command\":\"ps\",\"times\":1}");
        Process pipe = new ProcessBuilder(
                        "sh", "-c", "\"$0\" ps --json | cat", sim.lms().toString())
                .start();
        ProcessHandle grandchild = awaitGrandchild(sim);
        ProcessHandle lms = grandchild.parent().orElseThrow();
        lms.destroyForcibly();
        lms.onExit().get(10, SECONDS);
        assertThat(pipe.waitFor(300, MILLISECONDS)).isFalse();
        grandchild.destroyForcibly();
        assertThat(pipe.waitFor(10, SECONDS)).isTrue();
    }

    @Test
    void aCallThatEndsCanLeaveItsStreamsToAnother() throws Exception {
        sim.fault("{\"kind\":\"lms-leaves-child\",\"command\":\"version\",\"times\":1}");
        Process pipe = new ProcessBuilder(
                        "sh", "-c", "\"$0\" version --json | cat", sim.lms().toString())
                .start();
        assertThat(pipe.inputReader(UTF_8).readLine()).startsWith("{\"version\":");
        ProcessHandle grandchild = awaitGrandchild(sim);
        assertThat(pipe.waitFor(300, MILLISECONDS)).isFalse();
        grandchild.destroyForcibly();
        assertThat(pipe.waitFor(10, SECONDS)).isTrue();
    }

    @Test
    void theGrandchildrenEndWithTheSimulation() throws Exception {
        ProcessHandle grandchild;
        try (SimulatedLmStudio other = SimulatedLmStudio.start()) {
            other.fault("{\"kind\":\"lms-hangs\"}");
            begin(other.lms(), List.of("ps"));
            grandchild = awaitGrandchild(other);
        }
        grandchild.onExit().get(10, SECONDS);
    }

    @Test
    void aDeadSimulationIsAnLmStudioThatIsNotRunning() throws Exception {
        try (SimulatedLmStudio other = SimulatedLmStudio.start("--home", folder.toString())) {
            Path lms = other.lms();
            int port = other.port();
            other.kill();
            Result ps = end(begin(lms, List.of("ps", "--json")));
            assertThat(ps.code()).isEqualTo(1);
            assertThat(ps.err()).isEqualTo("""
                            Error: LM Studio daemon is not running and no valid installation could be found or installed.
                            Error: Failed to start or connect to local LM Studio API server.
                            """);
            Result named = end(begin(lms, List.of("ps", "--json", "--host", "127.0.0.1", "--port", "" + port)));
            assertThat(named.err())
                    .startsWith("Error: The server does not appear to be running at 127.0.0.1:" + port + ". ");
            assertThat(end(begin(lms, List.of("ps", "--quiet"))).err()).isEmpty();
            assertThat(end(begin(lms, List.of("server", "status", "--json"))).out())
                    .isEqualTo("{\"running\":false}\n");
        }
    }

    @Test
    void theCallLogKnowsArgumentsAndExitCodes() throws Exception {
        lms("unload", "nobody's model, with \"quotes\" and ä");
        JsonNode calls = sim.calls().path("lms");
        JsonNode last = calls.path(calls.size() - 1);
        assertThat(last.path("argv").path(1).asText()).isEqualTo("nobody's model, with \"quotes\" and ä");
        assertThat(last.path("exitCode").asInt(-1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aLogStreamEndsWithCodeZeroByEitherSignal(String name) throws Exception {
        Process stream = begin("log", "stream", "-s", "server", "--json");
        // It says so on stderr when it listens, and nobody else asks this server anything now.
        assertThat(stream.errorReader(UTF_8).readLine()).isEqualTo("Streaming logs from LM Studio");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(sim.url() + "/nowhere")).build();
            client.send(request, BodyHandlers.ofString());
        }
        assertThat(stream.inputReader(UTF_8).readLine()).contains("\"type\":\"server.log\"", "GET /nowhere");
        signal(stream, name);
        assertThat(stream.waitFor(20, SECONDS)).isTrue();
        assertThat(stream.exitValue()).isZero();
    }

    @Test
    void aHostThatIsDownIsFoundAgainOnTheSamePort() throws Exception {
        lms("load", LLAMA, "-y");
        sim.fault("{\"kind\":\"host-down\"}");
        String port = Integer.toString(sim.port());
        assertThat(lms("ps", "--json", "--host", "127.0.0.1", "--port", port).code())
                .isEqualTo(1);
        assertThat(lms("daemon", "status", "--json").out()).isEqualTo("{\"status\":\"not-running\"}\n");
        assertThat(sim.state().path("instances")).isEmpty();
        sim.noFaults();
        Waiting.until("the host is back", () -> {
            try {
                return lms("ps", "--json", "--host", "127.0.0.1", "--port", port)
                        .equals(new Result(0, "[]\n", ""));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void theWorkFolderIsGoneAfterwards() {
        Path lms;
        try (SimulatedLmStudio other = SimulatedLmStudio.start()) {
            lms = other.lms();
            assertThat(lms).isExecutable();
        }
        assertThat(lms.resolveSibling("..").toFile()).doesNotExist();
    }

    private Result lms(String... arguments) throws Exception {
        return end(begin(arguments));
    }

    private Process begin(String... arguments) throws IOException {
        return begin(sim.lms(), List.of(arguments));
    }

    private Process begin(Path lms, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(lms.toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command).start();
    }

    private static Result end(Process process) throws Exception {
        process.getOutputStream().close();
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getErrorStream().readAllBytes(), UTF_8);
            } catch (IOException e) {
                return "unreadable: " + e.getMessage();
            }
        });
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(20, SECONDS)).isTrue();
        return new Result(process.exitValue(), out, err.get(20, SECONDS));
    }

    /** The spinner turns for the third time: the process runs and listens for signals. */
    private static void awaitFrame(Process load) throws IOException {
        int frames = 0;
        while (frames < 3) {
            int read = load.getInputStream().read();
            assertThat(read).isNotEqualTo(-1);
            frames += read == '\r' ? 1 : 0;
        }
    }

    /** The next one that was not handed out before; those that tests killed may linger in the list. */
    private ProcessHandle awaitGrandchild(SimulatedLmStudio of) {
        long until = System.nanoTime() + SECONDS.toNanos(20);
        while (System.nanoTime() < until) {
            for (JsonNode pid : of.state().path("grandchildren")) {
                if (grandchildren.add(pid.asLong())) {
                    return ProcessHandle.of(pid.asLong()).orElseThrow();
                }
            }
        }
        throw new AssertionError("No grandchild within 20 s");
    }

    private static void signal(Process process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
