package dev.lmbridge.sim.http;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.logs.LogEntry;
import dev.lmbridge.sim.logs.LogEvents;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which route does what. Whatever else is asked is answered too, and no request can end the simulation. */
final class Routes {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final CallLog calls;
    private final LogEvents logs;
    private final Authentication authentication;
    private final Map<String, Handler<HttpServerRequest>> routes = new HashMap<>();
    /** Routes whose path ends in a name. */
    private final Map<String, BiConsumer<HttpServerRequest, String>> families;

    Routes(SimMachine machine, CallLog calls) {
        this.calls = calls;
        this.logs = machine.logs();
        this.authentication = new Authentication(machine);
        RestV0Models v0 = new RestV0Models(machine);
        RestV1Downloads downloads = new RestV1Downloads(machine);
        Inferences inferences = new Inferences(machine, calls);
        OpenAiRoutes openAi = new OpenAiRoutes(machine, inferences);
        RestV1Models v1 = new RestV1Models(machine);
        RestV1Loads loads = new RestV1Loads(machine);
        RestV1Chat chats = new RestV1Chat(machine, inferences);
        routes.put(
                "GET /lmstudio-greeting",
                request ->
                        Replies.json(request.response(), 200, Replies.object().put("lmstudio", true)));
        routes.put("GET /lms-status", request -> Replies.json(request.response(), 200, PrivateFace.status()));
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
        routes.put("POST /api/v1/models/download", downloads::start);
        families = Map.of("GET /api/v0/models/", v0::one, "GET " + RestV1Downloads.STATUS, downloads::status);
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
        String family = handler == null ? familyOf(name) : null;
        calls.request(family != null ? family + "{id}" : handler == null ? "(unknown)" : name);
        if (!authentication.admits(request)) {
            return;
        }
        if (family != null) {
            Objects.requireNonNull(families.get(family)).accept(request, name.substring(family.length()));
        } else if (handler != null) {
            handler.handle(request);
        } else {
            // LM Studio says 200 here, and so a status alone proves nothing.
            String text = "Unexpected endpoint or method. (" + name + ")";
            logs.server(LogEntry.Level.ERROR, () -> text + ". Returning 200 anyway");
            Replies.errorText(request.response(), 200, text);
            return;
        }
        logs.server(LogEntry.Level.INFO, () -> "Received request: " + request.method() + " to " + path);
    }

    private @Nullable String familyOf(String name) {
        for (String family : families.keySet()) {
            if (name.startsWith(family) && name.length() > family.length()) {
                return family;
            }
        }
        return null;
    }
}
