package dev.lmbridge.http;

import dev.lmbridge.host.HostState;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import dev.lmbridge.store.StoreVerticle;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Probes and metrics. A host that is down does not make the bridge unready: it is told, and requests for it are refused. */
final class HealthRoutes {
    private final HealthChecks ready;
    private final Fleet fleet;
    private final StoreVerticle store;
    private final PrometheusMeterRegistry registry;

    HealthRoutes(
            Vertx vertx, Fleet fleet, StoreVerticle store, PrometheusMeterRegistry registry, BooleanSupplier draining) {
        this.fleet = fleet;
        this.store = store;
        this.registry = registry;
        ready = HealthChecks.create(vertx)
                .register("store", promise -> promise.complete(store.trouble().isEmpty() ? Status.OK() : Status.KO()))
                .register(
                        "accepting", promise -> promise.complete(draining.getAsBoolean() ? Status.KO() : Status.OK()));
    }

    void install(Router router) {
        router.get("/health/live").handler(context -> answer(context, 200, new JsonObject().put("status", "UP")));
        router.get("/health/ready").handler(this::ready);
        router.get("/metrics")
                .handler(context -> context.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(registry.scrape())
                        .onFailure(gone -> {}));
    }

    private void ready(RoutingContext context) {
        ready.checkStatus().onComplete(checked -> {
            boolean up =
                    checked.succeeded() && Boolean.TRUE.equals(checked.result().getUp());
            answer(
                    context,
                    up ? 200 : 503,
                    new JsonObject()
                            .put("status", up ? "UP" : "DOWN")
                            .put("simulated", fleet.hosts().stream().anyMatch(HostHandle::simulated))
                            .put("store", store())
                            .put("hosts", hosts()));
        });
    }

    private JsonObject store() {
        JsonObject row = new JsonObject();
        store.trouble()
                .ifPresentOrElse(why -> row.put("state", "down").put("detail", why), () -> row.put("state", "up"));
        return row;
    }

    private JsonArray hosts() {
        JsonArray rows = new JsonArray();
        for (HostHandle host : fleet.hosts()) {
            var view = host.view();
            JsonObject row = new JsonObject()
                    .put("name", host.name())
                    .put("url", host.endpoint().toString())
                    .put("state", view.reach().name().toLowerCase(Locale.ROOT))
                    .put("loaded", view.instances().size())
                    .put("simulated", host.simulated());
            if (host.lacksLms()) {
                row.put("warnings", new JsonArray().add("ttl_not_enforced_by_host"));
            }
            if (view.reach() != HostState.Reach.UP) {
                row.put("detail", view.unreachableBecause());
            } else if (host.simulated()) {
                row.put("detail", "This is the simulated LM Studio: its answers come from rules, not from a model.");
            }
            rows.add(row);
        }
        return rows;
    }

    private static void answer(RoutingContext context, int status, JsonObject body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body.toBuffer())
                .onFailure(gone -> {});
    }
}
