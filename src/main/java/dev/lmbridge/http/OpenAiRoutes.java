package dev.lmbridge.http;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.loader.Fleet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** {@code /v1/models}: the names that requests may use, as OpenAI's clients read them. */
final class OpenAiRoutes {
    private final Fleet fleet;

    OpenAiRoutes(Fleet fleet) {
        this.fleet = fleet;
    }

    void install(Router router) {
        router.get("/v1/models")
                .handler(context ->
                        answer(context, new JsonObject().put("object", "list").put("data", ModelList.of(fleet))));
        // Keys contain slashes, so the id is whatever follows.
        router.getWithRegex("/v1/models/(?<id>.+)").handler(this::model);
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

    private static void answer(RoutingContext context, JsonObject body) {
        context.response()
                .putHeader("Content-Type", "application/json")
                .end(body.toBuffer())
                .onFailure(gone -> {});
    }
}
