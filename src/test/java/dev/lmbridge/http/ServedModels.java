package dev.lmbridge.http;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.lmbridge.downloads.DownloadsVerticle;
import dev.lmbridge.events.EventLog;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.gateway.Admissions;
import dev.lmbridge.gateway.Gateway;
import dev.lmbridge.gateway.InFlight;
import dev.lmbridge.host.Holds;
import dev.lmbridge.host.HostCore;
import dev.lmbridge.host.HostPolicy;
import dev.lmbridge.lms.InstalledLms;
import dev.lmbridge.lms.LmsCli;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.lmstudio.LmStudioHttp;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import dev.lmbridge.loader.HostReport;
import dev.lmbridge.loader.LmsCalls;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.LoaderVerticle;
import dev.lmbridge.loader.OrderAudit;
import dev.lmbridge.loader.Pins;
import dev.lmbridge.observe.Meters;
import dev.lmbridge.settings.Settings;
import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.http.HttpFace;
import dev.lmbridge.sim.machine.Catalogue;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.store.AuditQueue;
import dev.lmbridge.store.StoreVerticle;
import dev.lmbridge.testing.RememberedStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The whole edge over one simulated host that has {@link #LLAMA} in memory and no {@code lms}: no process is started. */
final class ServedModels implements AutoCloseable {
    static final String LLAMA = "llama-3.2-1b-instruct";

    private static final InstantSource CLOCK = InstantSource.system();

    private final Vertx vertx;
    private InstalledLms lms = InstalledLms.fixed(null);
    private final EventLog events = new EventLog("node-1", CLOCK);
    private final FaultBook faults = new FaultBook();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final CompletableFuture<HttpVerticle> edge = new CompletableFuture<>();

    ServedModels(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The simulated LM Studio, on an event loop of its own. */
    private static final class SimulatedHost extends VerticleBase {
        private final SimMachine machine;
        private volatile int port;

        SimulatedHost(FaultBook faults) {
            MachineSettings settings = MachineSettings.standard()
                    .withLoadTime(Duration.ofMillis(1))
                    .withPace(100_000);
            machine = new SimMachine(Catalogue.standard(), settings, faults, CLOCK);
        }

        @Override
        public Future<?> start() {
            vertx.setPeriodic(1, tick -> machine.agenda().runDue());
            Promise<Void> loaded = Promise.promise();
            machine.load(
                    LoadRequest.of(LLAMA).withIdentifier(LLAMA + "~1").withTtl(Duration.ofMinutes(10)),
                    new LoadListener() {
                        @Override
                        public void loaded(Instance instance) {
                            loaded.complete();
                        }

                        @Override
                        public void failed(Refusal refusal) {
                            loaded.fail(refusal.toString());
                        }
                    });
            HttpFace face = new HttpFace(vertx, machine, new CallLog(CLOCK), socket -> {});
            return loaded.future().compose(done -> face.listen(0)).onSuccess(taken -> port = taken);
        }
    }

    /** Downloads are carried out by this one. */
    ServedModels downloadingBy(LmsCli cli) {
        lms = InstalledLms.fixed(cli);
        return this;
    }

    void start() throws Exception {
        start(Map.of());
    }

    /** @param overrides settings by their path */
    void start(Map<String, String> overrides) throws Exception {
        SimulatedHost host = new SimulatedHost(faults);
        vertx.deployVerticle(host).await(20, SECONDS);
        Settings settings = Settings.load(null, Map.of("HOME", "/nowhere"), settings(overrides));
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Meters meters = new Meters(registry);
        Chronicle chronicle = new Chronicle(CLOCK);
        AuditQueue audit = new AuditQueue(meters::auditLost);
        StoreVerticle store = new StoreVerticle(RememberedStore::new, audit);
        vertx.deployVerticle(store).await(20, SECONDS);
        HostReport report = new HostReport(meters, chronicle, audit, CLOCK, events);
        HostEndpoint endpoint = new HostEndpoint("127.0.0.1", host.port, false, null);
        HostHandle handle = new HostHandle("local", endpoint, true);
        var http = vertx.createHttpClient();
        vertx.deployVerticle(new LoaderVerticle(
                        handle,
                        new HostCore(policy(), CLOCK),
                        new LmStudioHttp(http, endpoint),
                        new LmsCalls(vertx, null, Map.of(), report, null),
                        report,
                        CLOCK,
                        Holds.NONE))
                .await(20, SECONDS);
        Fleet fleet = new Fleet(List.of(handle), Map.of("small", List.of(LLAMA)), null);
        LoaderClient loaders =
                new LoaderClient(vertx, fleet, Map.of(), CLOCK, Duration.ofSeconds(10), Duration.ofSeconds(30));
        InFlight inFlight = new InFlight();
        Gateway gateway = new Gateway(
                vertx,
                http,
                settings.http(),
                meters,
                inFlight,
                fleet,
                loaders,
                CLOCK,
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                settings.gateway(),
                new Admissions(fleet, settings.gateway().queueCapacity(), CLOCK),
                chronicle);
        var commands = new CommandReader(settings.models().ttl());
        var orders = new OrderAudit(audit, CLOCK);
        var downloads = new DownloadsVerticle(fleet, Map.of("local", lms), Duration.ofSeconds(20), CLOCK);
        vertx.deployVerticle(downloads).await(10, SECONDS);
        var parts = new HttpVerticle.Parts(
                gateway,
                fleet,
                loaders,
                commands,
                orders,
                store,
                registry,
                CLOCK,
                () -> false,
                chronicle,
                downloads,
                inFlight,
                events,
                new Pins(vertx, loaders, store));
        HttpVerticle verticle = new HttpVerticle(settings.http(), parts, port::complete);
        vertx.deployVerticle(verticle).await(20, SECONDS);
        edge.complete(verticle);
    }

    private static Map<String, String> settings(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(overrides);
        all.put("http.port", "0");
        return all;
    }

    int port() {
        return port.join();
    }

    private static HostPolicy policy() {
        return new HostPolicy(
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                16,
                Duration.ofSeconds(60),
                HostPolicy.Retrying.NEVER,
                HostPolicy.Breaking.NEVER);
    }

    EventLog eventLog() {
        return events;
    }

    HttpVerticle edge() {
        return edge.join();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE());
    }

    HttpResponse<String> post(String path, JsonObject body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode())));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.join() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The host breaks the connection of the next answer after some tokens. */
    void cutTheNextStream() {
        faults.add(Fault.always(FaultKind.STREAM_CUT).times(1));
    }

    static JsonObject question() {
        JsonObject message = new JsonObject().put("role", "user").put("content", "What is 6 times 7?");
        return new JsonObject().put("model", LLAMA).put("messages", new JsonArray().add(message));
    }

    /** The data of each event. */
    static List<String> events(HttpResponse<String> stream) {
        return stream.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
