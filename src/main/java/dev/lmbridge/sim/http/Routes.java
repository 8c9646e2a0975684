package dev.lmbridge.sim.http;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;

/** Which route does what. */
final class Routes {
    private final CallLog log;
    private final RestV0Models v0;
    private final Map<String, Handler<HttpServerRequest>> routes = new HashMap<>();

    Routes(SimMachine machine, CallLog log) {
        this.log = log;
        this.v0 = new RestV0Models(machine);
        Inferences inferences = new Inferences(machine, log);
        OpenAiRoutes openAi = new OpenAiRoutes(machine, inferences);
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
                        Replies.object().put("package", "llmster").put("version", HttpFace.VERSION)));
        routes.put("GET /v1/models", openAi::models);
        routes.put("POST /v1/chat/completions", openAi::chat);
        routes.put("POST /v1/completions", openAi::complete);
        routes.put("POST /v1/embeddings", openAi::embed);
        routes.put("POST /v1/responses", new ResponsesRoute(machine, inferences)::answer);
        routes.put("POST /v1/messages", new MessagesRoute(inferences)::answer);
        routes.put("GET /api/v0/models", v0::list);
        routes.put("GET /api/v1/models", v1::list);
        routes.put("POST /api/v1/models/load", loads::load);
        routes.put("POST /api/v1/models/unload", loads::unload);
    }

    void handle(HttpServerRequest request) {
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
