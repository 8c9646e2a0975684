package dev.lmbridge;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.downloads.DownloadsVerticle;
import dev.lmbridge.events.EventLog;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.gateway.Admissions;
import dev.lmbridge.gateway.Gateway;
import dev.lmbridge.gateway.InFlight;
import dev.lmbridge.host.ForwardClock;
import dev.lmbridge.host.Holds;
import dev.lmbridge.host.HostCore;
import dev.lmbridge.host.HostPolicy;
import dev.lmbridge.host.Pin;
import dev.lmbridge.host.Wanted;
import dev.lmbridge.http.HttpVerticle;
import dev.lmbridge.lms.InstalledLms;
import dev.lmbridge.lms.Leftovers;
import dev.lmbridge.lms.LmsCli;
import dev.lmbridge.lms.LmsProcess;
import dev.lmbridge.lms.LmsTarget;
import dev.lmbridge.lmstudio.LmStudioHttp;
import dev.lmbridge.lmstudio.LoadRoutes;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.EventsVerticle;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import dev.lmbridge.loader.HostLoads;
import dev.lmbridge.loader.HostReport;
import dev.lmbridge.loader.Intents;
import dev.lmbridge.loader.LmsCalls;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.LoaderVerticle;
import dev.lmbridge.loader.ModelsVerticle;
import dev.lmbridge.loader.OrderAudit;
import dev.lmbridge.loader.Pins;
import dev.lmbridge.observe.Meters;
import dev.lmbridge.settings.ModelSettings;
import dev.lmbridge.settings.Secret;
import dev.lmbridge.settings.Settings;
import dev.lmbridge.store.AuditQueue;
import dev.lmbridge.store.EmbeddedStore;
import dev.lmbridge.store.Journal;
import dev.lmbridge.store.PostgresStore;
import dev.lmbridge.store.Store;
import dev.lmbridge.store.StoreException;
import dev.lmbridge.store.StoreVerticle;
import dev.lmbridge.wire.Addresses;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Builds the parts of a node and joins them; the only place that makes verticles. */
final class Wiring {
    /** Connections to one host: as many as requests may run there, so that none waits for a connection. */
    private static final int CONNECTIONS_PER_HOST = 4_096;

    /** A host that does not even take a connection by then is not there. */
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    /** LM Studio's server is Node's, which closes idle connections after 5 s: ours go first, so none closes under a request. */
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(4);

    /** A download that makes no progress for so long is stuck. */
    private static final Duration DOWNLOAD_PATIENCE = Duration.ofMinutes(5);

    private final Settings settings;
    private final InstantSource clock;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Vertx vertx;
    private final Meters meters = new Meters(registry);
    private final AuditQueue audit = new AuditQueue(meters::auditLost);
    private final StoreVerticle store;
    private final Future<String> storeOpened;

    /** Starts Vert.x, and opening the store, which goes on beside the rest. Whoever makes a wiring has to {@link #start} or to {@link #close} it. */
    Wiring(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = new ForwardClock(clock);
        // No resource is unpacked to disk, all are read from the jar. Epoll takes a third of the work off each request;
        // where it cannot be had, Vert.x goes on with the JDK's own sockets.
        VertxOptions options = new VertxOptions()
                .setPreferNativeTransport(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false))
                .setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
        vertx = Vertx.builder()
                .with(options)
                .withMetrics(new MicrometerMetricsFactory(registry))
                .build();
        store = new StoreVerticle(this::openStore, audit);
        storeOpened = vertx.deployVerticle(store);
    }

    private Store openStore() throws StoreException {
        Secret database = settings.store().url();
        return database == null
                ? EmbeddedStore.open(settings.dataDir().resolve("store"), NodeName.ofThisMachine())
                : PostgresStore.open(database, NodeName.ofThisMachine());
    }

    /** Starts a node; completes when it listens. A node that cannot start leaves nothing behind. */
    Future<Node> start(List<HostFinder.Found> hosts, boolean simulated) {
        return deploy(hosts, simulated).recover(error -> close().transform(closed -> Future.failedFuture(error)));
    }

    Future<Void> close() {
        return vertx.close();
    }

    private Future<Node> deploy(List<HostFinder.Found> hosts, boolean simulated) {
        HttpClient client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setConnectTimeout((int) CONNECT_WITHIN.toMillis())
                        .setKeepAliveTimeout((int) IDLE_CONNECTION.toSeconds())
                        .setDecompressionSupported(false))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_HOST))
                .build();
        Chronicle chronicle = new Chronicle(clock);
        EventLog events = new EventLog(NodeName.ofThisMachine(), clock);
        HostReport report = new HostReport(meters, chronicle, audit, clock, events);
        OrderAudit orders = new OrderAudit(audit, clock);
        Map<String, InstalledLms> lms = hosts.stream()
                .collect(Collectors.toMap(HostFinder.Found::name, host -> new InstalledLms(() -> lms(host), clock)));
        lms.values().forEach(InstalledLms::find);
        List<HostHandle> handles = hosts.stream()
                .map(host -> new HostHandle(
                        host.name(),
                        host.endpoint(),
                        simulated,
                        () -> of(host.name(), lms).known().isEmpty()))
                .toList();
        Fleet fleet = new Fleet(
                handles, settings.models().aliases(), settings.models().defaultModel());
        Admissions admissions = new Admissions(fleet, settings.gateway().queueCapacity(), clock);
        LoaderClient loaders = new LoaderClient(
                vertx,
                fleet,
                settings.models().profiles(),
                clock,
                settings.http().deadlines().queue(),
                operationBound(),
                admissions::queued);
        CommandReader commands = new CommandReader(settings.models().ttl());
        InFlight inFlight = new InFlight();
        handles.forEach(host -> endUsersOf(host, inFlight));
        AtomicBoolean draining = new AtomicBoolean();
        Gateway gateway = new Gateway(
                vertx,
                client,
                settings.http(),
                meters,
                inFlight,
                fleet,
                loaders,
                clock,
                settings.loader().verify().freshFor(),
                settings.models().ttl().standard(),
                settings.gateway(),
                admissions,
                chronicle);
        DownloadsVerticle downloads = new DownloadsVerticle(fleet, lms, DOWNLOAD_PATIENCE, clock);
        Pins pins = new Pins(vertx, loaders, store);
        var parts = new HttpVerticle.Parts(
                gateway,
                fleet,
                loaders,
                commands,
                orders,
                store,
                registry,
                clock,
                draining::get,
                chronicle,
                downloads,
                inFlight,
                events,
                pins);

        List<Intents> intents = new ArrayList<>();
        for (HostFinder.Found host : hosts) {
            try {
                intents.add(intents(host.name()));
            } catch (IOException unusable) {
                return Future.failedFuture(unusable);
            }
        }
        List<Future<String>> loaderIds = new ArrayList<>();
        loaderIds.add(vertx.deployVerticle(new EventsVerticle(events)));
        for (int each = 0; each < hosts.size(); each++) {
            InstalledLms installed = of(hosts.get(each).name(), lms);
            loaderIds.add(vertx.deployVerticle(loader(
                    hosts.get(each), handles.get(each), client, installed, report, intents.get(each), simulated)));
        }
        loaderIds.add(vertx.deployVerticle(downloads));
        loaderIds.add(vertx.deployVerticle(new ModelsVerticle(loaders, commands, orders)));
        CompletableFuture<Integer> port = new CompletableFuture<>();
        return Future.all(loaderIds)
                // A store that a person has to mend is told before anybody is served.
                .compose(deployed -> storeOpened)
                .onSuccess(opened -> pins.restore())
                .compose(opened -> vertx.deployVerticle(
                        () -> new HttpVerticle(settings.http(), parts, port::complete),
                        new DeploymentOptions()
                                .setInstances(Runtime.getRuntime().availableProcessors())))
                .map(http -> new Node(
                        vertx,
                        fleet,
                        port.join(),
                        draining,
                        inFlight,
                        loaderIds.stream().map(Future::result).toList()));
    }

    private Intents intents(String host) throws IOException {
        Journal journal = Journal.open(settings.dataDir().resolve("journal").resolve(host + ".jsonl"));
        return new Intents(
                journal,
                new Leftovers(System::nanoTime),
                settings.http().deadlines().load(),
                settings.loader().doubtFor(),
                clock);
    }

    private static InstalledLms of(String host, Map<String, InstalledLms> lms) {
        return Objects.requireNonNull(lms.get(host), host);
    }

    /** What was there at the start, else what has been installed since. */
    private Optional<LmsCli> lms(HostFinder.Found host) {
        return Optional.ofNullable(host.lms())
                .or(host.search())
                .map(program -> new LmsProcess(
                        new LmsTarget(
                                program,
                                host.home(),
                                host.endpoint().host(),
                                host.endpoint().port()),
                        System::nanoTime));
    }

    private LoaderVerticle loader(
            HostFinder.Found host,
            HostHandle handle,
            HttpClient client,
            InstalledLms lms,
            HostReport report,
            Intents intents,
            boolean simulated) {
        LmStudioHttp lmStudio = new LmStudioHttp(client, handle.endpoint());
        HostLoads withoutLms = new HostLoads(vertx, new LoadRoutes(client, handle.endpoint()), lmStudio, intents);
        return new LoaderVerticle(
                handle,
                new HostCore(policy().fitting(fitting(host, simulated)), clock),
                lmStudio,
                new LmsCalls(vertx, lms, withoutLms, settings.models().profiles(), report, intents),
                report,
                clock,
                beginning());
    }

    /** What the profiles want in memory from the beginning, in the order of the file. */
    private Holds beginning() {
        Map<ModelKey, Pin> pins = new LinkedHashMap<>();
        List<ModelKey> toBegin = new ArrayList<>();
        settings.models().profiles().forEach((name, profile) -> {
            ModelKey key = new ModelKey(name);
            if (profile.pinned()) {
                pins.put(key, new Pin(null, false));
            }
            if (profile.pinned() || profile.preload()) {
                toBegin.add(key);
            }
        });
        return Holds.beginning(pins, toBegin);
    }

    private static HostPolicy.Fitting fitting(HostFinder.Found host, boolean simulated) {
        return new HostPolicy.Fitting(
                MachineMemory.budget(host.name(), host.endpoint(), host.memory(), simulated),
                host.memory().reserveBytes(),
                HostPolicy.Fitting.RESIDENCY);
    }

    private HostPolicy policy() {
        var loader = settings.loader();
        return new HostPolicy(
                        loader.loadTimeout(),
                        settings.http().deadlines().load(),
                        loader.commandTimeout(),
                        loader.verify().within(),
                        loader.verify().pollEvery(),
                        loader.verify().freshFor(),
                        settings.watchdog().observeEvery(),
                        settings.watchdog().idleEvery(),
                        loader.queueCapacity(),
                        loader.doubtFor(),
                        new HostPolicy.Retrying(
                                loader.retry().max(),
                                loader.retry().backoff(),
                                loader.retry().jitter()),
                        new HostPolicy.Breaking(
                                loader.breaker().failures(),
                                loader.breaker().recovery(),
                                loader.breaker().maxRecovery()))
                .keeping(keeping())
                .watching(new HostPolicy.Watching(
                        settings.watchdog().cliEvery(), settings.watchdog().heal(), preloaded()));
    }

    /** What is loaded again after LM Studio has started anew, and let go like any other. */
    private List<Wanted> preloaded() {
        List<Wanted> wanted = new ArrayList<>();
        settings.models().profiles().forEach((key, profile) -> {
            if (profile.preload() && !profile.pinned()) {
                Duration asked = profile.ttl();
                wanted.add(new Wanted(
                        new ModelKey(key),
                        asked == null ? settings.models().ttl().standard() : asked,
                        profile.contextLength(),
                        false));
            }
        });
        return wanted;
    }

    private HostPolicy.Keeping keeping() {
        var models = settings.models();
        Map<String, Duration> own = new HashMap<>();
        models.profiles().forEach((key, profile) -> {
            if (profile.ttl() != null) {
                own.put(key, profile.ttl());
            }
        });
        return new HostPolicy.Keeping(
                models.ttl().standard(), models.ttl().max(), models.foreign() == ModelSettings.Foreign.ADOPT, own);
    }

    /** The requests of an instance that is unloaded by force end first. */
    private void endUsersOf(HostHandle host, InFlight inFlight) {
        vertx.eventBus()
                .<String>localConsumer(
                        Addresses.hostEndUsers(host.name()), message -> inFlight.unloaded(host.name(), message.body()));
    }

    /** No operation outlasts this once its turn has come: process, its end, appearance, confirmation. */
    private Duration operationBound() {
        return settings.http()
                .deadlines()
                .load()
                .plus(settings.loader().verify().within())
                .plus(settings.loader().commandTimeout().multipliedBy(2))
                .plusSeconds(30);
    }
}
