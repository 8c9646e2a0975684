package dev.lmbridge.loader;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.host.HostView;
import dev.lmbridge.host.Instance;
import dev.lmbridge.settings.ModelSettings;
import dev.lmbridge.store.StoredPin;
import dev.lmbridge.wire.Addresses;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Asks loaders for models. Every failure it ends with is a {@link FailureException}. */
public final class LoaderClient {
    private static final Duration AFTER_DRAINING = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Fleet fleet;
    private final Map<String, ModelSettings.Profile> profiles;
    private final InstantSource clock;
    private final Duration queueDeadline;
    private final Duration sendTimeout;
    private final ToIntFunction<Instance> queued;

    /** A client in a node where nobody waits for a place at an instance. */
    public LoaderClient(
            Vertx vertx,
            Fleet fleet,
            Map<String, ModelSettings.Profile> profiles,
            InstantSource clock,
            Duration queueDeadline,
            Duration operationBound) {
        this(vertx, fleet, profiles, clock, queueDeadline, operationBound, instance -> 0);
    }

    /**
     * A client.
     *
     * @param profiles how models are loaded, by key
     * @param queueDeadline how long a caller waits for its operation's turn
     * @param operationBound what no operation exceeds once its turn has come
     * @param queued how many requests wait for a place at an instance
     */
    public LoaderClient(
            Vertx vertx,
            Fleet fleet,
            Map<String, ModelSettings.Profile> profiles,
            InstantSource clock,
            Duration queueDeadline,
            Duration operationBound,
            ToIntFunction<Instance> queued) {
        this.vertx = vertx;
        this.fleet = fleet;
        this.profiles = Map.copyOf(profiles);
        this.clock = clock;
        this.queueDeadline = queueDeadline;
        this.queued = queued;
        sendTimeout = queueDeadline.plus(operationBound);
    }

    /**
     * A request under way.
     *
     * @param answer the body that a client gets
     */
    public record Asked(String host, String caller, Future<JsonObject> answer) {}

    /** Asks for a model to be loaded and verified. */
    public Asked ensure(ModelCommand command) {
        return ensure(command, null, null);
    }

    /**
     * The same for a caller with a name.
     *
     * @param viewSince what was seen before it is no longer true; null if any fresh view will do
     * @param request the id of the request that needs the model; null if it has none
     */
    public Asked ensure(ModelCommand command, @Nullable Instant viewSince, @Nullable String request) {
        String name = fleet.resolve(command.model());
        HostHandle host = fleet.route(name, command.host());
        if (command.dryRun()) {
            return new Asked(host.name(), "", Future.succeededFuture(loadPlan(host, name, command)));
        }
        String caller = UUID.randomUUID().toString();
        JsonObject message = LoaderMessages.ensure(
                caller,
                name,
                ttl(name, command),
                command.contextLength(),
                clock.instant().plus(queueDeadline),
                viewSince,
                request);
        Instant asked = clock.instant();
        Future<JsonObject> answer = request(Addresses.hostEnsure(host.name()), message)
                .map(body -> {
                    if (command.force()) {
                        body.getJsonArray("warnings").add("force_has_no_effect");
                    }
                    return body.put(
                            "tookMs", Duration.between(asked, clock.instant()).toMillis());
                });
        return new Asked(host.name(), caller, bounded(answer, host, name, command, "load"));
    }

    private Duration ttl(String name, ModelCommand command) {
        return ttl(name, command.ttl(), command.usualTtl());
    }

    /** What was asked for, else what the model's profile says, else what is usual. */
    private Duration ttl(String name, @Nullable Duration asked, Duration usual) {
        ModelSettings.Profile profile = profiles.get(name);
        Duration own = profile == null ? null : profile.ttl();
        return asked != null ? asked : own != null ? own : usual;
    }

    /** For how long a request wants its model kept after it, in milliseconds. */
    public long ttlMillis(String name, @Nullable Duration asked, Duration usual) {
        return ttl(name, asked, usual).toMillis();
    }

    /** Asks for a model to be unloaded. */
    public Asked unload(ModelCommand command) {
        return unload(command, null);
    }

    /**
     * The same for a caller with a name.
     *
     * @param request the id of the request that asks; null if it has none
     */
    public Asked unload(ModelCommand command, @Nullable String request) {
        String name = fleet.resolve(command.model());
        HostHandle host = fleet.routeToAny(name, command.host());
        if (command.dryRun()) {
            return new Asked(host.name(), "", Future.succeededFuture(plan(host, name, command)));
        }
        String caller = UUID.randomUUID().toString();
        Instant now = clock.instant();
        Duration drain = command.drain();
        JsonObject message = LoaderMessages.unload(
                caller,
                name,
                command.force(),
                now.plus(queueDeadline),
                drain.isZero() ? null : now.plus(drain),
                request);
        Future<JsonObject> answer = request(Addresses.hostUnload(host.name()), message);
        return new Asked(host.name(), caller, bounded(answer, host, name, command, "unload"));
    }

    /** Keeps a model for a time, in the name of an owner, and loads it if it is not there; nobody waits for that. */
    public Future<JsonObject> lease(@Nullable String model, @Nullable String host, String owner, Duration ttl) {
        String name = fleet.resolve(model);
        HostHandle on = fleet.route(name, host);
        String id = UUID.randomUUID().toString();
        return hold(on, caller -> HoldMessages.lease(caller, id, name, owner, ttl));
    }

    /** Lets a lease begin anew, for as long as before if {@code ttl} is null. */
    public Future<JsonObject> renew(String id, @Nullable Duration ttl) {
        return hold(holderOf(id), caller -> HoldMessages.renew(caller, id, ttl));
    }

    /** Ends a lease. */
    public Future<JsonObject> release(String id) {
        return hold(holderOf(id), caller -> HoldMessages.release(caller, id));
    }

    /** Keeps a model for good, or no longer. */
    public Future<JsonObject> pin(ModelCommand command, boolean pinned) {
        String name = fleet.resolve(command.model());
        HostHandle host = fleet.route(name, command.host());
        return hold(host, caller -> HoldMessages.pin(caller, name, command.contextLength(), pinned));
    }

    /** Keeps a model for good on the very host that an earlier run has kept it on. */
    Future<JsonObject> pin(StoredPin pin) {
        return fleet.host(pin.host())
                .map(host -> hold(host, caller -> HoldMessages.pin(caller, pin.model(), pin.contextLength(), true)))
                .orElseGet(() ->
                        Future.failedFuture(Failure.invalid("host", "There is no host '" + pin.host() + "' any more.")
                                .asException()));
    }

    /** Every lease of every host: {@code {"leases": […]}}. */
    public JsonObject leases() {
        JsonArray rows = new JsonArray();
        for (HostHandle host : fleet.hosts()) {
            HostView view = host.view();
            view.holds()
                    .leases()
                    .all()
                    .forEach(lease -> rows.add(HoldMessages.lease(
                            lease, view.instanceFor(lease.model().value(), null).isPresent(), host.name())));
        }
        return new JsonObject().put("leases", rows);
    }

    /** The host that has a lease, else any one: it will say that there is none. */
    private HostHandle holderOf(String id) {
        return fleet.hosts().stream()
                .filter(host -> host.view().holds().leases().find(id) != null)
                .findFirst()
                .orElseGet(() -> fleet.hosts().getFirst());
    }

    private Future<JsonObject> hold(HostHandle host, Function<String, JsonObject> order) {
        return request(
                Addresses.hostHold(host.name()), order.apply(UUID.randomUUID().toString()));
    }

    /** Tells the loader that whoever asked no longer waits. */
    public void leave(Asked asked) {
        if (!asked.answer().isComplete()) {
            vertx.eventBus().send(Addresses.hostLeave(asked.host()), new JsonObject().put("caller", asked.caller()));
        }
    }

    /** What the hosts have: {@code {"models": […]}}. */
    public JsonObject list(boolean loadedOnly) {
        JsonArray rows = new JsonArray();
        fleet.hosts().forEach(host -> LoaderMessages.list(rows, host, loadedOnly, clock.instant(), queued));
        return new JsonObject().put("models", rows);
    }

    private Future<JsonObject> request(String address, JsonObject message) {
        return vertx.eventBus()
                .<JsonObject>request(address, message, new DeliveryOptions().setSendTimeout(sendTimeout.toMillis()))
                .map(reply -> reply.body())
                .recover(error -> Future.failedFuture(BusFailures.of(error).asException()));
    }

    /** With a limit on the wait, an answer that takes longer is replaced by how far it is; the operation goes on. */
    private Future<JsonObject> bounded(
            Future<JsonObject> answer, HostHandle host, String name, ModelCommand command, String operation) {
        Duration wait = command.waitFor();
        // What drains is answered when its time is over; only if that takes longer still, by how far it is.
        Duration limit = wait == null || command.drain().isZero() ? wait : wait.plus(AFTER_DRAINING);
        if (limit == null) {
            return answer;
        }
        Promise<JsonObject> first = Promise.promise();
        long timer = vertx.setTimer(
                Math.max(1, limit.toMillis()), late -> first.tryComplete(progress(host, name, operation)));
        answer.onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.succeeded()) {
                first.tryComplete(done.result());
            } else {
                first.tryFail(done.cause());
            }
        });
        return first.future();
    }

    private static JsonObject progress(HostHandle host, String name, String operation) {
        JsonObject body =
                new JsonObject().put("model", name).put("host", host.name()).put("state", operation + "ing");
        host.view().waiting().stream()
                .filter(waiting -> waiting.operation().equals(operation)
                        && waiting.model().value().equals(name))
                .findFirst()
                .ifPresent(waiting -> {
                    body.put("state", waiting.position() == 0 ? operation + "ing" : "queued");
                    body.put("position", waiting.position());
                    if (waiting.percent() >= 0) {
                        body.put("percent", waiting.percent());
                    }
                });
        return body;
    }

    /** What a load would do, and which instances would go for it. */
    private JsonObject loadPlan(HostHandle host, String name, ModelCommand command) {
        JsonObject plan = plan(host, name, command);
        HostView view = host.view();
        if (plan.getBoolean("alreadyLoaded")) {
            return plan.put("evict", new JsonArray()).put("fits", true);
        }
        view.catalog()
                .find(name)
                .flatMap(model -> view.planFor(model.key(), command.contextLength(), clock.instant()))
                .ifPresent(room -> plan.put("requiredBytes", room.requiredBytes())
                        .put("availableBytes", room.availableBytes())
                        .put("budgetBytes", room.budgetBytes())
                        .put("evict", new JsonArray(room.evict()))
                        .put("fits", room.fits()));
        return plan;
    }

    /** What a command would do, on the view of now. */
    private static JsonObject plan(HostHandle host, String name, ModelCommand command) {
        HostView view = host.view();
        Optional<Instance> loaded = view.instanceFor(name, command.contextLength());
        if (loaded.isEmpty() && !view.knows(name)) {
            throw Failure.modelNotFound(name, view.catalog().nearest(name)).asException();
        }
        return new JsonObject()
                .put("model", name)
                .put("host", host.name())
                .put("dryRun", true)
                .put("alreadyLoaded", loaded.isPresent())
                .put("identifier", loaded.map(Instance::identifier).orElse(null))
                .put("inFlight", loaded.map(Instance::inFlight).orElse(0));
    }
}
