package dev.lmbridge.sim.http;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.util.Set;

/** The HTTP server of LM Studio: which route does what. The WebSockets of its private API go to whoever speaks that. */
public final class HttpFace {
    /** The paths of LM Studio's private WebSocket API. */
    public static final Set<String> SOCKET_PATHS =
            Set.of("/llm", "/embedding", "/system", "/repository", "/diagnostics", "/files", "/plugins", "/runtime");

    /** The version that {@code /lms-status} names. */
    public static final String VERSION = "0.4.12";

    private final HttpServer server;

    public HttpFace(Vertx vertx, SimMachine machine, CallLog log, Handler<ServerWebSocket> privateApi) {
        Routes routes = new Routes(machine, log);
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setMaxWebSocketFrameSize(1 << 18)
                .setMaxWebSocketMessageSize(1 << 18)
                // Compressing would make lms send later than it exits: the cancel of an interrupted load would be lost.
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxFormAttributeSize(1 << 16);
        this.server = vertx.createHttpServer(options)
                .requestHandler(routes::handle)
                .webSocketHandshakeHandler(handshake -> {
                    if (SOCKET_PATHS.contains(handshake.path())) {
                        handshake.accept();
                    } else {
                        handshake.reject(404);
                    }
                })
                .webSocketHandler(privateApi);
    }

    /** The port; 0 asks for any that is free. */
    public Future<Integer> listen(int port) {
        return server.listen(port, "127.0.0.1").map(HttpServer::actualPort);
    }

    public Future<Void> close() {
        return server.close();
    }
}
