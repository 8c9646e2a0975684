package dev.lmbridge.sim.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One port of LM Studio that can be closed and opened again. It serves requests, and the WebSockets of the private API. */
final class Gate {
    /** The only address that the simulation ever listens on. */
    static final String LOOPBACK = "127.0.0.1";

    private final Vertx vertx;
    private final Handler<ServerWebSocket> privateApi;
    private final Set<HttpConnection> connections = new LinkedHashSet<>();
    private @Nullable HttpServer server;
    private Future<Void> closed = Future.succeededFuture();
    private int turn;

    Gate(Vertx vertx, Handler<ServerWebSocket> privateApi) {
        this.vertx = vertx;
        this.privateApi = privateApi;
    }

    /** The port; 0 asks for any that is free. */
    Future<Integer> open(int port, Handler<HttpServerRequest> requests) {
        HttpServer opening = vertx.createHttpServer(options());
        int own = ++turn;
        server = opening;
        opening.requestHandler(request -> {
                    if (turn == own) {
                        requests.handle(request);
                    } else {
                        request.connection().close();
                    }
                })
                .connectionHandler(connection -> {
                    connections.add(connection);
                    connection.closeHandler(closed -> connections.remove(connection));
                    // One that was accepted while the port closed.
                    if (turn != own) {
                        connection.close();
                    }
                })
                .webSocketHandshakeHandler(handshake -> {
                    if (HttpFace.SOCKET_PATHS.contains(handshake.path())) {
                        handshake.accept();
                    } else {
                        handshake.reject(404);
                    }
                })
                .webSocketHandler(privateApi);
        // On the same port, Vert.x would give the new server a share of the socket that is about to close.
        return closed.transform(done -> turn == own
                ? opening.listen(port, LOOPBACK).map(HttpServer::actualPort)
                : Future.failedFuture("The port was closed before it was open."));
    }

    /** Stops listening, and cuts the connections. Nothing happens when it is closed. */
    Future<Void> close() {
        turn++;
        HttpServer closing = server;
        server = null;
        List<HttpConnection> left = List.copyOf(connections);
        connections.clear();
        left.forEach(HttpConnection::close);
        if (closing != null) {
            closed = closing.close();
        }
        return closed;
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setHost(LOOPBACK)
                .setMaxWebSocketFrameSize(1 << 18)
                .setMaxWebSocketMessageSize(1 << 18)
                // Compressing would make lms send later than it exits: the cancel of an interrupted load would be lost.
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxFormAttributeSize(1 << 16);
    }
}
