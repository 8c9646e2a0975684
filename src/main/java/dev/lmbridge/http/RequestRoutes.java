package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.gateway.InFlight;
import dev.lmbridge.gateway.Standing;
import dev.lmbridge.host.HostView;
import dev.lmbridge.loader.Fleet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** {@code /bridge/v1/requests}: which requests for an answer are under way here, and ending one. */
final class RequestRoutes {
    private static final String PATH = "/bridge/v1/requests";

    private final InFlight inFlight;
    private final Fleet fleet;
    private final InstantSource clock;

    RequestRoutes(InFlight inFlight, Fleet fleet, InstantSource clock) {
        this.inFlight = inFlight;
        this.fleet = fleet;
        this.clock = clock;
    }

    void install(Router router) {
        router.get(PATH).handler(context -> context.json(list()));
        router.postWithRegex(PATH + "/(?<id>[^/]+)/cancel").handler(this::cancel);
    }

    private JsonObject list() {
        Instant now = clock.instant();
        List<HostView> views = fleet.hosts().stream().map(host -> host.view()).toList();
        JsonArray rows = new JsonArray();
        inFlight.standings().forEach(standing -> rows.add(row(standing, views, now)));
        return new JsonObject().put("requests", rows);
    }

    private JsonObject row(Standing standing, List<HostView> views, Instant at) {
        Standing.Now now = standing.now();
        JsonObject row = new JsonObject()
                .put("id", standing.id())
                .put("path", standing.path())
                .put("stream", standing.stream())
                .put("model", now.model())
                .put("identifier", now.identifier())
                .put("host", now.host())
                .put("since", standing.since().toString())
                .put("waitedMs", standing.waited(now, at).toMillis());
        switch (now.phase()) {
            case WAITING -> waiting(row, fleet.resolve(now.model()), views);
            case SENT -> row.put("state", "processing");
            case ANSWERING -> row.put("state", standing.stream() ? "streaming" : "answering");
        }
        return row;
    }

    /** Whoever waits for an instance waits for a load of the model, or for a look at the host that comes before one. */
    private static void waiting(JsonObject row, String model, List<HostView> views) {
        Optional<HostView.Waiting> load = views.stream()
                .flatMap(view -> view.waiting().stream())
                .filter(one ->
                        one.operation().equals("load") && one.model().value().equals(model))
                .findFirst();
        row.put("model", model)
                .put("state", load.filter(one -> one.position() == 0).isPresent() ? "loading" : "queued");
        load.ifPresent(one -> {
            row.put("position", one.position());
            if (one.percent() >= 0) {
                row.put("percent", one.percent());
            }
        });
    }

    private void cancel(RoutingContext context) {
        String id = context.pathParam("id");
        if (inFlight.cancel(id)) {
            context.response().setStatusCode(202);
            context.json(new JsonObject().put("id", id).put("state", "cancelling"));
        } else {
            Failures.send(
                    context,
                    Failure.of(
                            FailureCode.NOT_FOUND,
                            "No request of this id is under way on this node; it may have ended."));
        }
    }
}
