package dev.lmbridge.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.ws.PrivateApi;
import dev.lmbridge.testing.Waiting;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets, seen as a client sees them. */
@Timeout(60)
final class PortsTest {
    private static final String CHAT = "{\"model\":\"llama-3.2-1b-instruct\",\"stream\":true,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Count to fifty\"}]}";

    private final Vertx vertx = Vertx.vertx();
    private final CompletableFuture<SimMachine> machine = new CompletableFuture<>();
    private final CompletableFuture<Context> context = new CompletableFuture<>();

    @TempDir
    private Path home;

    private Simulator simulator;
    private int http;
    private int privateApi;

    @BeforeEach
    void start() throws Exception {
        // A token in five seconds: an answer that has begun does not end by itself.
        MachineSettings settings =
                MachineSettings.standard().withLoadTime(Duration.ofMillis(20)).withPace(0.2);
        simulator = new Simulator(0, home, settings, InstantSource.system(), made -> {
            machine.complete(made);
            context.complete(vertx.getOrCreateContext());
            return new PrivateApi(vertx, made);
        });
        vertx.deployVerticle(simulator).await(20, SECONDS);
        http = URI.create(simulator.facts().url()).getPort();
        privateApi = URI.create(simulator.facts().privateApi()).getPort();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(20, SECONDS);
    }

    @Test
    void aStoppedServerRefusesAndIsBackOnTheSamePort() throws Exception {
        power(Power::stopHttp);
        Waiting.until("the HTTP port refuses", () -> !accepts(http));
        assertThat(get(privateApi, "/lms-status")).contains("\"llmster\"");
        power(power -> power.startHttp(new Power.Http(http, "127.0.0.1", false)));
        Waiting.until("the HTTP port is back", () -> accepts(http));
        assertThat(get(http, "/lmstudio-greeting")).contains("\"lmstudio\" : true");
    }

    @Test
    void anAnswerInTheMiddleIsCutOffWithoutAWord() throws Exception {
        try (Socket client = chat()) {
            power(Power::stopHttp);
            assertThat(rest(client.getInputStream())).doesNotContain("error").doesNotContain("[DONE]");
        }
        Waiting.until("its work is over", () -> machine.join().loaded().stream().allMatch(each -> each.isIdle()));
    }

    @Test
    void lmStudioThatGoesDownCutsEverythingAndIsBackOnBothPorts() throws Exception {
        try (Socket client = chat()) {
            power(Power::down);
            assertThat(rest(client.getInputStream())).doesNotContain("error").doesNotContain("[DONE]");
        }
        Waiting.until("both ports refuse", () -> !accepts(http) && !accepts(privateApi));
        power(Power::up);
        Waiting.until("both ports are back", () -> accepts(http) && accepts(privateApi));
        assertThat(get(http, "/lmstudio-greeting")).contains("\"lmstudio\" : true");
        assertThat(get(privateApi, "/lms-status")).contains("\"llmster\"");
    }

    @Test
    void aStartElsewhereMovesTheServerAndItsFile() throws Exception {
        int other = freePort();
        power(power -> power.startHttp(new Power.Http(other, "0.0.0.0", false)));
        Waiting.until("the server has moved", () -> accepts(other) && !accepts(http));
        assertThat(Files.readString(home.resolve(".lmstudio/.internal/http-server-config.json")))
                .isEqualTo("{\"port\":" + other + ",\"networkInterface\":\"0.0.0.0\"}");
    }

    @Test
    void theSameServerCanBeStartedAnewAtOnceWithOtherRules() throws Exception {
        assertThat(get(http, "/v1/models")).doesNotContain("Access-Control");
        for (int round = 0; round < 5; round++) {
            boolean cors = round % 2 == 0;
            power(power -> power.startHttp(new Power.Http(http, "127.0.0.1", cors)));
            Waiting.until("the server is back", () -> accepts(http));
            assertThat(get(http, "/v1/models").contains("Access-Control-Allow-Origin: *"))
                    .isEqualTo(cors);
        }
    }

    @Test
    void theHomeTellsWhereThePrivateApiIs() throws Exception {
        Path internal = home.resolve(".lmstudio/.internal");
        assertThat(Files.readString(internal.resolve("http-server.json"))).isEqualTo("{\"port\":" + privateApi + "}");
        assertThat(Files.readString(internal.resolve("lms-key-2"))).isNotBlank();
        assertThat(simulator.facts().home()).isEqualTo(home.toString());
    }

    @Test
    void aFolderOfARealLmStudioIsLeftAlone(@TempDir Path real) throws Exception {
        Path key = real.resolve(".lmstudio/.internal/lms-key-2");
        Files.createDirectories(key.getParent());
        Files.writeString(key, "precious");
        LmStudioFolder.in(real).privatePort(1);
        assertThat(key).hasContent("precious");
        assertThat(key.resolveSibling("http-server.json")).doesNotExist();
    }

    /** A client whose answer has begun. */
    private Socket chat() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), http);
        client.setSoTimeout(20_000);
        client.getOutputStream()
                .write(
                        ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                                        + CHAT.length() + "\r\n\r\n" + CHAT)
                                .getBytes(UTF_8));
        StringBuilder read = new StringBuilder();
        while (read.indexOf("chat.completion.chunk") < 0) {
            int next = client.getInputStream().read();
            assertThat(next).as("the answer ended early: %s", read).isNotNegative();
            read.append((char) next);
        }
        return client;
    }

    /** What still comes; a reset is an end, too. */
    private static String rest(InputStream in) {
        StringBuilder read = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                read.append((char) next);
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the connection was not cut", e);
        } catch (IOException reset) {
            return read.toString();
        }
        return read.toString();
    }

    private void power(Consumer<Power> action) throws Exception {
        // The machine belongs to the thread of the simulator.
        Future.<Void>future(done -> context.join().runOnContext(nothing -> {
                    action.accept(machine.join().power());
                    done.complete();
                }))
                .await(20, SECONDS);
    }

    private static boolean accepts(int port) {
        try {
            return get(port, "/lmstudio-greeting").startsWith("HTTP/1.1 200");
        } catch (IOException refused) {
            return false;
        }
    }

    private static String get(int port, String path) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(20_000);
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").getBytes(UTF_8));
            return new String(client.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static int freePort() throws IOException {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
