package dev.lmbridge.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.gateway.BodyScan;
import dev.lmbridge.gateway.Exchange;
import dev.lmbridge.gateway.Gateway;
import dev.lmbridge.gateway.InferenceRequest;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.Fleet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** {@code /v1}: what OpenAI's clients speak. */
final class OpenAiRoutes {
    private static final String CHAT = "/v1/chat/completions";

    private final Gateway gateway;
    private final Fleet fleet;
    private final CommandReader commands;
    private final InstantSource clock;

    OpenAiRoutes(Gateway gateway, Fleet fleet, CommandReader commands, InstantSource clock) {
        this.gateway = gateway;
        this.fleet = fleet;
        this.commands = commands;
        this.clock = clock;
    }

    void install(Router router) {
        router.get("/v1/models")
                .handler(context ->
                        answer(context, new JsonObject().put("object", "list").put("data", ModelList.of(fleet))));
        // Keys contain slashes, so the id is whatever follows.
        router.getWithRegex("/v1/models/(?<id>.+)").handler(this::model);
        router.post(CHAT).handler(context -> infer(context, CHAT));
    }

    private void model(RoutingContext context) {
        String id = context.pathParam("id");
        JsonArray rows = ModelList.of(fleet);
        Optional<JsonObject> row = rows.stream()
                .map(JsonObject.class::cast)
                .filter(one -> one.getString("id").equals(id))
                .findFirst();
        if (row.isPresent()) {
            answer(context, row.get());
        } else {
            var ids =
                    rows.stream().map(one -> ((JsonObject) one).getString("id")).toList();
            Failures.send(context, Failure.modelNotFound(id, Catalog.nearest(id, ids)));
        }
    }

    private void infer(RoutingContext context, String path) {
        try {
            Buffer body = context.body().buffer();
            BodyScan scan = BodyScan.of(body == null ? new byte[0] : body.getBytes());
            String model = scan.model();
            if (model != null) {
                ModelKey.problem(model).ifPresent(problem -> {
                    throw Failure.invalidModelName("model", problem).asException();
                });
            }
            JsonNode given = scan.ttl();
            Duration ttl = given == null ? null : commands.ttl(given);
            Exchange.begin(
                    gateway,
                    new InferenceRequest(
                            path,
                            scan,
                            model,
                            scan.stream(),
                            ttl,
                            RequestIds.of(context),
                            Failures.OPENAI,
                            context.response()),
                    clock);
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
        }
    }

    private static void answer(RoutingContext context, JsonObject body) {
        context.response()
                .putHeader("Content-Type", "application/json")
                .end(body.toBuffer())
                .onFailure(gone -> {});
    }
}
