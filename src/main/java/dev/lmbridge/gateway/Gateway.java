package dev.lmbridge.gateway;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.HostPolicy;
import dev.lmbridge.host.Instance;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.observe.Meters;
import dev.lmbridge.settings.GatewaySettings;
import dev.lmbridge.settings.HttpSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Gives requests an instance to be answered by: at once where one is known to be there, else by way of the loader. */
public final class Gateway {
    static final Duration RETRY = Duration.ofSeconds(5);

    /** How often all requests are looked at that are under way: one timer for each would cost every request two steps more. */
    private static final Duration CHECK_EVERY = Duration.ofMillis(500);

    final Vertx vertx;
    final HttpClient client;
    final HttpSettings settings;
    final Meters meters;
    final InFlight inFlight;
    final Chronicle chronicle;
    final Admissions admissions;
    final Conversations conversations = new Conversations();
    final Fleet fleet;
    final LoaderClient loaders;
    final Duration usualTtl;

    private final InstantSource clock;
    private final Duration freshFor;
    private final GatewaySettings limits;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * A gateway.
     *
     * @param freshFor how old the view of an instance may be to be used without another look
     * @param usualTtl the idle TTL of models that requests have loaded
     * @param limits how many requests may wait for an instance, and what they may say
     */
    public Gateway(
            Vertx vertx,
            HttpClient client,
            HttpSettings settings,
            Meters meters,
            InFlight inFlight,
            Fleet fleet,
            LoaderClient loaders,
            InstantSource clock,
            Duration freshFor,
            Duration usualTtl,
            GatewaySettings limits,
            Admissions admissions,
            Chronicle chronicle) {
        this.vertx = vertx;
        this.client = client;
        this.settings = settings;
        this.meters = meters;
        this.inFlight = inFlight;
        this.fleet = fleet;
        this.loaders = loaders;
        this.clock = clock;
        this.freshFor = freshFor;
        this.usualTtl = usualTtl;
        this.limits = limits;
        this.admissions = admissions;
        this.chronicle = chronicle;
        vertx.setPeriodic(CHECK_EVERY.toMillis(), tick -> inFlight.checkAll());
    }

    /**
     * An instance that has admitted one request. Whoever takes it must let the instance know once that the request is over.
     *
     * @param alreadyLoaded whether it was there
     * @param waitedFor how long it took to have it
     */
    record Place(HostHandle host, Instance instance, String model, boolean alreadyLoaded, Duration waitedFor) {}

    /**
     * A place that is being found; {@code leave} gives it up.
     *
     * @param warm whether it was found at once, and nobody had to be asked
     */
    record Search(Future<Place> place, Runnable leave, boolean warm) {}

    /** Whether a request may name pictures by URL. */
    public boolean imageUrls() {
        return limits.imageUrls();
    }

    /**
     * Finds an instance of the model that a client named.
     *
     * @param viewSince for a caller whose instance was not there: what was seen before is not believed; else null
     */
    Search find(InferenceRequest request, @Nullable Instant viewSince) {
        String name = fleet.resolve(request.model());
        String remembered = conversations.host(request.body().previousAnswer());
        HostHandle host = fleet.route(name, remembered);
        long ttlMillis = loaders.ttlMillis(name, request.ttl(), usualTtl);
        Optional<Place> warm = viewSince == null ? warm(host, name, ttlMillis) : Optional.empty();
        if (warm.isPresent()) {
            return new Search(Future.succeededFuture(warm.get()), () -> {}, true);
        }
        if (waiting.incrementAndGet() > limits.queueCapacity()) {
            waiting.decrementAndGet();
            return new Search(Future.failedFuture(full().asException()), () -> {}, false);
        }
        ColdSearch cold = new ColdSearch(this, request, remembered, viewSince);
        return new Search(cold.begin().onComplete(done -> waiting.decrementAndGet()), cold::leave, false);
    }

    /** So many wait that no other may. */
    Failure full() {
        return Failure.of(
                        FailureCode.QUEUE_FULL,
                        limits.queueCapacity() + " requests wait for the model already. Try again later.")
                .withRetryAfter(RETRY);
    }

    private Optional<Place> warm(HostHandle host, String name, long ttlMillis) {
        var view = host.view();
        Instant now = clock.instant();
        boolean fresh = view.isFresh(now, freshFor);
        if (!fresh && !view.isFresh(now, HostPolicy.STALE_AFTER)) {
            return Optional.empty();
        }
        return view.instanceFor(name, null)
                // An answer of the instance itself proves as much as a look.
                .filter(instance -> fresh || instance.isSeenWithin(freshFor, now))
                .filter(instance -> instance.admit(ttlMillis))
                .map(instance -> new Place(host, instance, instance.key().value(), true, Duration.ZERO));
    }

    /** Between the loader's answer and this line the instance may have been closed for an unload: then it is busy going. */
    Place admitted(JsonObject answer, Instant began, @Nullable Duration ttl) {
        String identifier = answer.getString("identifier");
        long ttlMillis = loaders.ttlMillis(answer.getString("model"), ttl, usualTtl);
        HostHandle host = fleet.host(answer.getString("host")).orElseThrow();
        Instance instance = Optional.ofNullable(host.view().instances().get(identifier))
                .filter(one -> one.admit(ttlMillis))
                .orElseThrow(
                        () -> Failure.of(FailureCode.MODEL_BUSY, "'" + identifier + "' is being unloaded. Try again.")
                                .withRetryAfter(Duration.ofSeconds(1))
                                .asException());
        return new Place(
                host,
                instance,
                answer.getString("model"),
                answer.getBoolean("alreadyLoaded"),
                Duration.between(began, clock.instant()));
    }

    Instant now() {
        return clock.instant();
    }

    /** Whether the host lists the model as one that makes embeddings, and nothing else. */
    static boolean onlyEmbeds(Place place) {
        return place.host()
                .view()
                .catalog()
                .find(place.model())
                .filter(model -> model.kind() == CatalogModel.Kind.EMBEDDING)
                .isPresent();
    }
}
