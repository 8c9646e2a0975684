package dev.lmbridge.sim.http;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which route does what. Whatever else is asked is answered too, and no request can end the simulation. */
final class Routes {
    private static final String ONE_V0_MODEL = "GET /api/v0/models/";
    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final CallLog calls;
    private final Authentication authentication;
    private final RestV0Models v0;
    private final Map<String, Handler<HttpServerRequest>> routes = new HashMap<>();

    Routes(SimMachine machine, CallLog calls) {
        this.calls = calls;
        this.authentication = new Authentication(machine);
        this.v0 = new RestV0Models(machine);
        Inferences inferences = new Inferences(machine, calls);
        OpenAiRoutes openAi = new OpenAiRoutes(machine, inferences);
        RestV1Models v1 = new RestV1Models(machine);
        RestV1Loads loads = new RestV1Loads(machine);
        RestV1Chat chats = new RestV1Chat(machine, inferences);
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
        routes.put("POST /api/v0/chat/completions", request -> openAi.chat(request, RestV0Format::new));
        routes.put("POST /api/v0/completions", request -> openAi.complete(request, RestV0Format::new));
        // LM Studio's documents show no statistics for these.
        routes.put("POST /api/v0/embeddings", openAi::embed);
        routes.put("GET /api/v1/models", v1::list);
        routes.put("POST /api/v1/models/load", loads::load);
        routes.put("POST /api/v1/models/unload", loads::unload);
        routes.put("POST /api/v1/chat", chats::chat);
    }

    void handle(HttpServerRequest request) {
        guarded(this::route).handle(request);
    }

    /** Answers 500 and logs the cause when the handler fails. */
    static Handler<HttpServerRequest> guarded(Handler<HttpServerRequest> handler) {
        return request -> {
            request.response().exceptionHandler(error -> {});
            try {
                handler.handle(request);
            } catch (RuntimeException e) {
                log.atError().addKeyValue("path", request.path()).setCause(e).log("request failed");
                Replies.failed(request);
            }
        };
    }

    private void route(HttpServerRequest request) {
        String path = request.path();
        String name = request.method().name() + " " + path;
        Handler<HttpServerRequest> handler = routes.get(name);
        boolean oneModel = handler == null && name.startsWith(ONE_V0_MODEL) && name.length() > ONE_V0_MODEL.length();
        calls.request(oneModel ? ONE_V0_MODEL + "{id}" : handler == null ? "(unknown)" : name);
        if (!authentication.admits(request)) {
            return;
        }
        if (oneModel) {
            v0.one(request, name.substring(ONE_V0_MODEL.length()));
        } else if (handler != null) {
            handler.handle(request);
        } else {
            // LM Studio says 200 here, and so a status alone proves nothing.
            Replies.errorText(request.response(), 200, "Unexpected endpoint or method. (" + name + ")");
        }
    }
}
