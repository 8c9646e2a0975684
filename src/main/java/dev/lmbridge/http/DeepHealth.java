package dev.lmbridge.http;

import dev.lmbridge.host.Finding;
import dev.lmbridge.host.HostState;
import dev.lmbridge.host.HostView;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import dev.lmbridge.store.StoreVerticle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** {@code /health/deep}: how the hosts are, what the watchdog has found there, and whether the store answers. For people, not for probes. */
final class DeepHealth {
    private final Fleet fleet;
    private final StoreVerticle store;
    private final InstantSource clock;

    DeepHealth(Fleet fleet, StoreVerticle store, InstantSource clock) {
        this.fleet = fleet;
        this.store = store;
        this.clock = clock;
    }

    void install(Router router) {
        router.get("/health/deep").handler(context -> context.json(body()));
    }

    /** 200 whatever was found: {@code status} tells whether something is not as it should be. */
    private JsonObject body() {
        Instant now = clock.instant();
        JsonArray hosts = new JsonArray();
        boolean well = store.trouble().isEmpty();
        for (HostHandle host : fleet.hosts()) {
            HostView view = host.view();
            well &= view.reach() == HostState.Reach.UP && view.findings().isEmpty();
            hosts.add(row(host, view, now));
        }
        JsonObject kept = new JsonObject();
        store.trouble()
                .ifPresentOrElse(why -> kept.put("state", "down").put("detail", why), () -> kept.put("state", "up"));
        return new JsonObject()
                .put("status", well ? "UP" : "DEGRADED")
                .put("store", kept)
                .put("hosts", hosts);
    }

    private static JsonObject row(HostHandle host, HostView view, Instant now) {
        Instant seen = view.observedAt();
        JsonObject row = new JsonObject()
                .put("name", host.name())
                .put("url", host.endpoint().toString())
                .put("state", view.reach().name().toLowerCase(Locale.ROOT))
                .put("loaded", view.instances().size())
                .put("waiting", view.waiting().size())
                .put("simulated", host.simulated());
        if (seen != null) {
            row.put("observedAt", seen.toString());
        }
        if (view.reach() != HostState.Reach.UP) {
            row.put("detail", view.unreachableBecause());
        }
        JsonArray findings = new JsonArray();
        view.findings().forEach(finding -> findings.add(row(finding, now)));
        return row.put("findings", findings);
    }

    private static JsonObject row(Finding finding, Instant now) {
        JsonObject row = new JsonObject()
                .put("finding", finding.kind().text())
                .put("subject", finding.subject())
                .put("detail", finding.detail())
                .put("since", finding.since().toString())
                .put("seconds", Math.max(0, finding.age(now).toSeconds()));
        if (finding.model() != null) {
            row.put("model", finding.model().value());
        }
        return row;
    }
}
