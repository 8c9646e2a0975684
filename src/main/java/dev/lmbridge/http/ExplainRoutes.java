package dev.lmbridge.http;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.explain.Happening;
import dev.lmbridge.explain.RequestAccount;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FieldError;
import dev.lmbridge.host.HostView;
import dev.lmbridge.host.Instance;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /bridge/v1/explain}: why a request took what it took, and why a model is where it is. */
final class ExplainRoutes {
    private final Fleet fleet;
    private final Chronicle chronicle;
    private final InstantSource clock;

    ExplainRoutes(Fleet fleet, Chronicle chronicle, InstantSource clock) {
        this.fleet = fleet;
        this.chronicle = chronicle;
        this.clock = clock;
    }

    void install(Router router) {
        router.get("/bridge/v1/explain").handler(this::explain);
    }

    private void explain(RoutingContext context) {
        List<String> requests = context.queryParams().getAll("request");
        List<String> models = context.queryParams().getAll("model");
        if (requests.size() + models.size() != 1) {
            String message = "give exactly one of request and model, and that once.";
            Failures.send(
                    context,
                    Failure.invalid(List.of(new FieldError("request", message), new FieldError("model", message))));
        } else if (models.isEmpty()) {
            request(context, requests.getFirst());
        } else {
            Optional<String> problem = ModelKey.problem(models.getFirst());
            if (problem.isPresent()) {
                Failures.send(context, Failure.invalidModelName("model", problem.get()));
            } else {
                model(context, models.getFirst());
            }
        }
    }

    private void request(RoutingContext context, String id) {
        if (id.isBlank()) {
            Failures.send(context, Failure.invalid("request", "must be the id of a request."));
            return;
        }
        Optional<RequestAccount> account = chronicle.accountOf(id);
        if (account.isEmpty()) {
            Failures.send(
                    context,
                    Failure.of(
                            FailureCode.NOT_FOUND,
                            "No request of this id is remembered. The last " + Chronicle.REQUESTS
                                    + " that waited or failed are, and the last " + Chronicle.REQUESTS
                                    + " whose model was in memory, since the service started."));
            return;
        }
        RequestAccount told = account.get();
        JsonObject body = new JsonObject().put("request", told.request());
        putIfKnown(body, "model", told.model());
        putIfKnown(body, "host", told.host());
        putIfKnown(body, "outcome", told.outcome());
        context.json(body.put("events", rows(told.events())));
    }

    private static void putIfKnown(JsonObject body, String name, @Nullable String value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    private void model(RoutingContext context, String asked) {
        String name = fleet.resolve(asked);
        String key = fleet.hosts().stream()
                .flatMap(host -> Optional.ofNullable(host.view().instances().get(name)).stream())
                .map(instance -> instance.key().value())
                .findFirst()
                .orElse(name);
        List<Happening> events = chronicle.eventsOf(key);
        boolean known = fleet.hosts().stream().anyMatch(host -> host.view().knows(key));
        if (!known && events.isEmpty()) {
            List<String> near = fleet.hosts().stream()
                    .flatMap(host -> host.view().catalog().nearest(name).stream())
                    .distinct()
                    .toList();
            Failures.send(context, Failure.modelNotFound(name, near));
            return;
        }
        JsonObject body = new JsonObject().put("model", key);
        state(body, key);
        JsonArray kept = new JsonArray();
        for (HostHandle host : fleet.hosts()) {
            host.view().instances().values().stream()
                    .filter(instance -> instance.key().value().equals(key))
                    .forEach(instance -> kept.add(kept(host, instance)));
        }
        context.json(body.put("kept", kept).put("events", rows(events)));
    }

    /** How far the model has come on the host where it is furthest. */
    private void state(JsonObject body, String key) {
        body.put("state", "not-loaded");
        for (HostHandle host : fleet.hosts()) {
            HostView view = host.view();
            if (view.instances().values().stream()
                    .anyMatch(instance -> instance.key().value().equals(key))) {
                body.put("state", "loaded").put("host", host.name());
                return;
            }
            view.waiting().stream()
                    .filter(one -> one.operation().equals("load")
                            && one.model().value().equals(key))
                    .findFirst()
                    .ifPresent(one -> body.put("state", one.position() == 0 ? "loading" : "queued")
                            .put("host", host.name()));
        }
    }

    /** The rule by which an instance is in memory still. */
    private JsonObject kept(HostHandle host, Instance instance) {
        var holds = host.view().holds();
        Instant until = holds.expiresAt(instance, clock.instant());
        int leases = holds.leases().of(instance.key());
        JsonObject row =
                new JsonObject().put("identifier", instance.identifier()).put("host", host.name());
        if (instance.inFlight() > 0) {
            return row.put("rule", "in_use")
                    .put("detail", instance.inFlight() + " request(s) use it; its idle time has not begun.");
        }
        if (holds.isPinned(instance.key())) {
            return row.put("rule", "pinned").put("detail", "It is pinned: it stays until it is unpinned.");
        }
        if (leases > 0) {
            return row.put("rule", "leased")
                    .put("detail", leases + " lease(s) hold it; it goes then at the earliest.")
                    .put("until", String.valueOf(until));
        }
        if (until != null) {
            return row.put("rule", "ttl")
                    .put("detail", "It goes then if nobody uses it before.")
                    .put("until", until.toString());
        }
        return instance.ttlKnown()
                ? row.put("rule", "no_ttl")
                        .put("detail", "The host holds no TTL for it: it stays until it is unloaded.")
                : row.put("rule", "ttl_unread").put("detail", "The host has not told yet whether it has a TTL.");
    }

    private static JsonArray rows(List<Happening> happenings) {
        JsonArray rows = new JsonArray();
        for (Happening one : happenings) {
            JsonObject row = new JsonObject()
                    .put("at", one.at().toString())
                    .put("event", one.event())
                    .put("detail", one.detail());
            one.facts().forEach((name, value) -> row.put(name, value instanceof List<?> list ? array(list) : value));
            if (one.times() > 1) {
                row.put("times", one.times()).put("since", one.since().toString());
            }
            rows.add(row);
        }
        return rows;
    }

    private static JsonArray array(List<?> list) {
        JsonArray array = new JsonArray();
        list.forEach(array::add);
        return array;
    }
}
