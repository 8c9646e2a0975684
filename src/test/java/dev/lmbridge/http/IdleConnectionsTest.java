package dev.lmbridge.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class IdleConnectionsTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final ManualClock clock = new ManualClock();
    private final Vertx vertx = Vertx.vertx();
    private final IdleConnections connections = new IdleConnections(clock);
    private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    private final Context context = vertx.getOrCreateContext();
    private int port;

    @BeforeEach
    void listen() throws Exception {
        Promise<Integer> listening = Promise.promise();
        context.runOnContext(ignored -> {
            HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false));
            connections.install(vertx, server, this::serve);
            server.listen(0, "127.0.0.1").map(HttpServer::actualPort).onComplete(listening);
        });
        port = listening.future().await(20, SECONDS);
    }

    private void serve(HttpServerRequest request) {
        if (request.path().equals("/held")) {
            held.add(request);
        } else {
            request.response().end("x");
        }
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().await(20, SECONDS);
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String readAnswer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nx")) {
            answer.append((char) socket.getInputStream().read());
        }
        return answer.toString();
    }

    private void timePasses(Duration time) throws Exception {
        clock.advance(time);
        Promise<Void> checked = Promise.promise();
        context.runOnContext(ignored -> {
            connections.closeIdle();
            checked.complete();
        });
        checked.future().await(20, SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1\r\nHost: loc"})
    void whoSendsNoWholeHeadIsLetGo(String begun) throws Exception {
        try (Socket socket = connected();
                Socket witness = connected()) {
            write(socket, begun);
            // The server has the first connection once it has answered the one after it.
            write(witness, REQUEST);
            readAnswer(witness);

            timePasses(IdleConnections.FIRST_HEAD.plusMillis(1));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            write(witness, REQUEST);
            assertThat(readAnswer(witness)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void connectionThatHasBeenUsedIsKeptLongerButNotForEver() throws Exception {
        try (Socket socket = connected()) {
            write(socket, REQUEST);
            readAnswer(socket);
            timePasses(IdleConnections.FIRST_HEAD.plusMillis(1));
            write(socket, REQUEST);
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200 ");

            timePasses(IdleConnections.NEXT_HEAD.plusMillis(1));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void requestThatIsBeingAnsweredHasAllTheTimeOfTheWorld() throws Exception {
        try (Socket socket = connected();
                Socket witness = connected()) {
            write(socket, REQUEST.replace(" / ", " /held "));
            while (held.isEmpty()) {
                write(witness, REQUEST);
                readAnswer(witness);
            }
            timePasses(Duration.ofHours(1));
            HttpServerRequest request = held.remove();
            context.runOnContext(ignored -> request.response().end("x"));
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200 ");
        }
    }
}
