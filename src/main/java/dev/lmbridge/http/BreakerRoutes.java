package dev.lmbridge.http;

import dev.lmbridge.host.Breaker;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/** {@code /bridge/v1/breakers}: what is not asked for now because it kept failing. */
final class BreakerRoutes {
    private final Fleet fleet;
    private final InstantSource clock;

    BreakerRoutes(Fleet fleet, InstantSource clock) {
        this.fleet = fleet;
        this.clock = clock;
    }

    void install(Router router) {
        router.get("/bridge/v1/breakers").handler(context -> context.json(list()));
    }

    /** One row for each host, and one for each model that has failed since it was last loaded. */
    JsonObject list() {
        return new JsonObject().put("breakers", rows(fleet.hosts()));
    }

    /** The same of some hosts. */
    JsonArray rows(List<HostHandle> hosts) {
        JsonArray rows = new JsonArray();
        for (HostHandle host : hosts) {
            var breakers = host.view().breakers();
            rows.add(row("host", host.name(), host.name(), "lms", breakers.host()));
            breakers.models().entrySet().stream()
                    .sorted((one, other) ->
                            one.getKey().value().compareTo(other.getKey().value()))
                    .forEach(each ->
                            rows.add(row("model", each.getKey().value(), host.name(), "load", each.getValue())));
        }
        return rows;
    }

    private JsonObject row(String scope, String name, String host, String operation, Breaker breaker) {
        Instant now = clock.instant();
        JsonObject row = new JsonObject()
                .put("scope", scope)
                .put("name", name)
                .put("host", host)
                .put("operation", operation)
                .put("state", breaker.state(now).name().toLowerCase(Locale.ROOT))
                .put("failures", breaker.failures());
        Duration left = breaker.left(now);
        return left.isZero()
                ? row
                : row.put("retryAfterSeconds", left.plusMillis(999).toSeconds());
    }
}
