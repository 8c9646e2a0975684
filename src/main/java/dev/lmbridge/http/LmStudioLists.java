package dev.lmbridge.http;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.gateway.HostLists;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** LM Studio's own lists of models, as the hosts give them. */
final class LmStudioLists {
    private final HostLists lists;

    LmStudioLists(HostLists lists) {
        this.lists = lists;
    }

    void install(Router router) {
        router.get(HostLists.Kind.V0.path()).handler(context -> answer(context, lists.get(HostLists.Kind.V0)));
        // Keys contain slashes, so the id is whatever follows.
        router.getWithRegex("/api/v0/models/(?<id>.+)")
                .handler(context -> answer(context, one(context.pathParam("id"))));
        router.get(HostLists.Kind.V1.path()).handler(context -> answer(context, lists.get(HostLists.Kind.V1)));
    }

    private Future<JsonObject> one(String id) {
        return lists.get(HostLists.Kind.V0).map(body -> {
            List<JsonObject> rows = HostLists.Kind.V0.rows(body);
            Optional<JsonObject> row =
                    rows.stream().filter(one -> id.equals(one.getValue("id"))).findFirst();
            return row.orElseThrow(() -> Failure.modelNotFound(
                            id,
                            Catalog.nearest(
                                    id,
                                    rows.stream()
                                            .map(one -> String.valueOf(one.getValue("id")))
                                            .toList()))
                    .asException());
        });
    }

    private static void answer(RoutingContext context, Future<JsonObject> body) {
        body.onSuccess(found -> {
                    if (!context.response().ended() && !context.response().closed()) {
                        context.response()
                                .putHeader("Content-Type", "application/json")
                                .end(found.toBuffer())
                                .onFailure(gone -> {});
                    }
                })
                .onFailure(error -> Failures.send(context, error));
    }
}
