package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.HostView;
import dev.lmbridge.host.Instance;
import dev.lmbridge.host.MemoryFigures;
import dev.lmbridge.loader.Draining;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** {@code /bridge/v1/hosts}: the machines, and taking one out of use for a while. */
final class HostRoutes {
    private static final String PATH = "/bridge/v1/hosts";

    private final Fleet fleet;
    private final BreakerRoutes breakers;
    private final Draining draining;

    HostRoutes(Fleet fleet, BreakerRoutes breakers, Draining draining) {
        this.fleet = fleet;
        this.breakers = breakers;
        this.draining = draining;
    }

    void install(Router router) {
        router.get(PATH).handler(context -> context.json(new JsonObject().put("hosts", rows())));
        router.postWithRegex(PATH + "/(?<name>[^/]+)/drain").handler(context -> change(context, draining::begin));
        router.postWithRegex(PATH + "/(?<name>[^/]+)/resume").handler(context -> change(context, draining::end));
    }

    private void change(RoutingContext context, Consumer<HostHandle> how) {
        String name = context.pathParam("name");
        fleet.host(name)
                .ifPresentOrElse(
                        host -> {
                            how.accept(host);
                            context.json(row(host));
                        },
                        () -> Failures.send(
                                context,
                                Failure.of(
                                        FailureCode.NOT_FOUND,
                                        "There is no such host. Known: "
                                                + String.join(
                                                        ", ",
                                                        fleet.hosts().stream()
                                                                .map(HostHandle::name)
                                                                .toList())
                                                + ".")));
    }

    JsonArray rows() {
        JsonArray rows = new JsonArray();
        fleet.hosts().forEach(host -> rows.add(row(host)));
        return rows;
    }

    private JsonObject row(HostHandle host) {
        HostView view = host.view();
        Instant seen = view.observedAt();
        JsonObject row = new JsonObject()
                .put("name", host.name())
                .put("url", host.endpoint().toString())
                .put("reach", view.reach().name().toLowerCase(Locale.ROOT))
                .put("simulated", host.simulated())
                .put("owner", "local")
                .put("draining", host.isDraining())
                .put("loaded", view.instances().size())
                .put(
                        "inFlight",
                        view.instances().values().stream()
                                .mapToInt(Instance::inFlight)
                                .sum())
                .put("queued", view.waiting().size())
                .put("memory", memory(view.memory()))
                .put(
                        "findings",
                        new JsonArray(view.findings().stream()
                                .map(finding -> finding.kind().text())
                                .distinct()
                                .toList()))
                .put("observedAt", seen == null ? null : seen.toString())
                .put("breakers", breakers.rows(List.of(host)));
        return row;
    }

    private static JsonObject memory(MemoryFigures figures) {
        return new JsonObject()
                .put("budgetBytes", figures.budgetBytes())
                .put("reserveBytes", figures.reserveBytes())
                .put("heldBytes", figures.heldBytes())
                .put("freeBytes", figures.freeBytes());
    }
}
