package dev.lmbridge.sim.http;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The HTTP server of LM Studio: which route does what. The WebSockets of its private API go to whoever speaks that. */
public final class HttpFace {
    /** The paths of LM Studio's private WebSocket API. */
    public static final Set<String> SOCKET_PATHS =
            Set.of("/llm", "/embedding", "/system", "/repository", "/diagnostics", "/files", "/plugins", "/runtime");

    /** The version that {@code /lms-status} names. */
    public static final String VERSION = "0.4.12";

    private final CallLog log;
    private final HttpServer server;
    private final RestV0Models v0;
    private final Map<String, Handler<HttpServerRequest>> routes = new HashMap<>();

    public HttpFace(Vertx vertx, SimMachine machine, CallLog log, Handler<ServerWebSocket> privateApi) {
        this.log = log;
        this.v0 = new RestV0Models(machine);
        OpenAiRoutes openAi = new OpenAiRoutes(machine, log);
        RestV1Models v1 = new RestV1Models(machine);
        RestV1Loads loads = new RestV1Loads(machine);
        routes.put(
                "GET /lmstudio-greeting",
                request ->
                        Replies.json(request.response(), 200, Replies.object().put("lmstudio", true)));
        routes.put(
                "GET /lms-status",
                request -> Replies.json(
                        request.response(),
                        200,
                        Replies.object().put("package", "llmster").put("version", VERSION)));
        routes.put("GET /v1/models", openAi::models);
        routes.put("POST /v1/chat/completions", openAi::chat);
        routes.put("POST /v1/completions", openAi::complete);
        routes.put("POST /v1/embeddings", openAi::embed);
        routes.put("GET /api/v0/models", v0::list);
        routes.put("GET /api/v1/models", v1::list);
        routes.put("POST /api/v1/models/load", loads::load);
        routes.put("POST /api/v1/models/unload", loads::unload);
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setMaxWebSocketFrameSize(1 << 18)
                .setMaxWebSocketMessageSize(1 << 18)
                // Compressing would make lms send later than it exits: the cancel of an interrupted load would be lost.
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxFormAttributeSize(1 << 16);
        this.server = vertx.createHttpServer(options)
                .requestHandler(this::route)
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

    private void route(HttpServerRequest request) {
        request.response().exceptionHandler(error -> {});
        String path = request.path();
        String name = request.method().name() + " " + path;
        Handler<HttpServerRequest> handler = routes.get(name);
        if (handler == null && name.startsWith("GET /api/v0/models/")) {
            log.request("GET /api/v0/models/{id}");
            v0.one(request, path.substring("/api/v0/models/".length()));
        } else if (handler == null) {
            log.request("(unknown)");
            // LM Studio says 200 here, and so a status alone proves nothing.
            Replies.errorText(request.response(), 200, "Unexpected endpoint or method. (" + name + ")");
        } else {
            log.request(name);
            handler.handle(request);
        }
    }
}
