package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.machine.Catalogue;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrivateApiTest {
    private static final String GREETING = "{\"authVersion\":1,\"clientIdentifier\":\"a\",\"clientPasskey\":\"b\"}";

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<String> heard = new ArrayBlockingQueue<>(16);
    private int port;

    @BeforeEach
    void serve() {
        SimMachine machine = new SimMachine(
                Catalogue.standard(), MachineSettings.standard(), new FaultBook(), InstantSource.system());
        HttpServer server = vertx.createHttpServer().webSocketHandler(new PrivateApi(vertx, machine));
        port = get(server.listen(0, "127.0.0.1")).actualPort();
    }

    @AfterEach
    void close() {
        get(vertx.close());
    }

    @Test
    void callsAreAnsweredInTheirOrder() throws InterruptedException {
        WebSocket socket = connect("/llm");
        socket.writeTextMessage(GREETING);
        socket.writeTextMessage("{\"type\":\"rpcCall\",\"endpoint\":\"listLoaded\",\"callId\":0}");
        socket.writeTextMessage("{\"type\":\"keepAlive\"}");
        assertThat(next()).isEqualTo("{\"success\":true}");
        assertThat(next()).isEqualTo("{\"type\":\"rpcResult\",\"callId\":0,\"result\":[]}");
        assertThat(next()).isEqualTo("{\"type\":\"keepAliveAck\"}");
    }

    @Test
    void aMalformedFrameClosesTheSocketWithItsReason() throws InterruptedException {
        WebSocket socket = connect("/system");
        socket.writeTextMessage(GREETING);
        assertThat(next()).isEqualTo("{\"success\":true}");
        socket.writeTextMessage("{\"type\":\"rpcCall\"");
        assertThat(next()).isEqualTo("closed 1002 The frame is not JSON.");
    }

    @Test
    void aBinaryFrameClosesTheSocket() throws InterruptedException {
        connect("/llm").writeBinaryMessage(Buffer.buffer("x"));
        assertThat(next()).isEqualTo("closed 1003 Frames must be text.");
    }

    @Test
    void aPathThatIsNoNamespaceIsClosed() throws InterruptedException {
        connect("/bridge");
        assertThat(next()).isEqualTo("closed 1008 There is no namespace at this path.");
    }

    private WebSocket connect(String path) {
        WebSocketClient client = vertx.createWebSocketClient();
        return get(client.connect(port, "127.0.0.1", path).onSuccess(socket -> {
            socket.textMessageHandler(heard::add);
            socket.closeHandler(closed -> heard.add("closed " + socket.closeStatusCode() + " " + socket.closeReason()));
        }));
    }

    private @Nullable String next() throws InterruptedException {
        return heard.poll(20, TimeUnit.SECONDS);
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
