package dev.lmbridge.gateway;

import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.host.Holds;
import dev.lmbridge.host.HostCore;
import dev.lmbridge.host.HostPolicy;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.lmstudio.LmStudioHttp;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import dev.lmbridge.loader.HostReport;
import dev.lmbridge.loader.LmsCalls;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.LoaderVerticle;
import dev.lmbridge.observe.Meters;
import dev.lmbridge.settings.GatewaySettings;
import dev.lmbridge.settings.HttpSettings;
import dev.lmbridge.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A gateway with a real loader in front of an HTTP server that says what a test has written down: on real sockets, with a
 * clock that the test moves. There is no {@code lms}: what is loaded is what the server lists.
 */
final class ScriptedBackend implements AutoCloseable {
    /** How many requests may wait. */
    static final int CAPACITY = 10;

    static final String CHAT = "/v1/chat/completions";

    final ManualClock clock = new ManualClock();
    /** The identifiers that the host lists, all of the model {@code m}. */
    final List<String> loaded = new CopyOnWriteArrayList<>(List.of("m~1"));
    /** The bodies that reached the host. */
    final List<JsonObject> forwarded = new CopyOnWriteArrayList<>();

    final Chronicle chronicle = new Chronicle(clock);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private final Vertx vertx = Vertx.vertx();
    private final Queue<Handler<HttpServerRequest>> script = new ConcurrentLinkedQueue<>();
    private final InFlight inFlight = new InFlight();
    /** Asked from threads that are not its own, Vert.x's client (5.0.8) may never tell what comes after a large answer on the same connection. */
    private final HttpClient client =
            vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false), new PoolOptions().setHttp1MaxSize(50));

    private final HttpClient hosts = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(50));
    private final HostHandle handle;
    private final int port;

    /** How many requests the host works on at a time; 0: it does not tell. */
    private volatile int parallel;

    /** What the host says the model is. */
    volatile String kind = "llm";

    private final CompletableFuture<LoaderClient> loaders = new CompletableFuture<>();

    /** What a client got. */
    record Got(int status, Map<String, String> headers, String body) {}

    ScriptedBackend() {
        int host = await(vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1"))
                .actualPort();
        handle = new HostHandle("local", new HostEndpoint("127.0.0.1", host, false, null), false);
        Gateway gateway = gateway();
        port = await(vertx.createHttpServer()
                        .requestHandler(request -> request.body().onSuccess(body -> begin(gateway, request, body)))
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private Gateway gateway() {
        Duration second = Duration.ofSeconds(1);
        HostCore core = new HostCore(
                new HostPolicy(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(600),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(20),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(2),
                        second,
                        Duration.ofSeconds(10),
                        3,
                        Duration.ofSeconds(60),
                        HostPolicy.Retrying.NEVER,
                        HostPolicy.Breaking.NEVER),
                clock);
        Meters meters = new Meters(registry);
        HostReport report = new HostReport(meters, chronicle);
        await(vertx.deployVerticle(new LoaderVerticle(
                handle,
                core,
                new LmStudioHttp(hosts, handle.endpoint()),
                new LmsCalls(vertx, null, Map.of(), report, null),
                report,
                clock,
                Holds.NONE)));
        Fleet fleet = new Fleet(List.of(handle), Map.of("any", List.of("n", "m")), null);
        Admissions admissions = new Admissions(fleet, CAPACITY, clock);
        HttpSettings.Deadlines deadlines = new HttpSettings.Deadlines(
                Duration.ofSeconds(120),
                Duration.ofSeconds(600),
                Duration.ofSeconds(300),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofHours(1));
        return new Gateway(
                vertx,
                hosts,
                new HttpSettings("127.0.0.1", 0, List.of(), List.of(), Duration.ofSeconds(10), 1 << 20, deadlines),
                meters,
                inFlight,
                fleet,
                loaders(fleet, deadlines, admissions),
                clock,
                Duration.ofSeconds(2),
                Duration.ofSeconds(600),
                new GatewaySettings(CAPACITY, false),
                admissions,
                chronicle);
    }

    private LoaderClient loaders(Fleet fleet, HttpSettings.Deadlines deadlines, Admissions admissions) {
        loaders.complete(new LoaderClient(
                vertx, fleet, Map.of(), clock, deadlines.queue(), deadlines.load(), admissions::queued));
        return loaders.join();
    }

    private void begin(Gateway gateway, HttpServerRequest request, Buffer body) {
        BodyScan scan = BodyScan.of(body.getBytes());
        InferenceRoute route = Arrays.stream(InferenceRoute.values())
                .filter(one -> one.path().equals(request.path()))
                .findFirst()
                .orElseThrow();
        Exchange.begin(
                gateway, new InferenceRequest(route, scan, null, "id-1", new CodesOnly(), request.response()), clock);
    }

    /** From the next look on the host says so, and a request makes it look. */
    void worksOnOneAtATime() {
        parallel = 1;
        clock.advance(Duration.ofSeconds(3));
    }

    /** How many requests wait for a place at the first instance. */
    int queued() {
        return loaders.join().list(true).getJsonArray("models").getJsonObject(0).getInteger("queued");
    }

    private void serve(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.GET)) {
            JsonArray instances = new JsonArray();
            JsonObject config = new JsonObject().put("parallel", parallel);
            loaded.forEach(id -> instances.add(new JsonObject().put("id", id).put("config", config)));
            JsonObject model =
                    new JsonObject().put("key", "m").put("type", kind).put("loaded_instances", instances);
            JsonArray models = new JsonArray().add(model).add(new JsonObject().put("key", "n"));
            request.response().end(new JsonObject().put("models", models).toBuffer());
            return;
        }
        request.body().onSuccess(body -> {
            forwarded.add(body.toJsonObject());
            Handler<HttpServerRequest> next = script.poll();
            if (next == null) {
                request.response().setStatusCode(599).end();
            } else {
                next.handle(request);
            }
        });
    }

    /** The host handles its next request so. */
    ScriptedBackend then(Handler<HttpServerRequest> answer) {
        script.add(answer);
        return this;
    }

    ScriptedBackend thenAnswers(int status, String body) {
        return then(request -> {
            clock.advance(Duration.ofMillis(1));
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(body);
        });
    }

    ScriptedBackend thenStreams(String events) {
        return then(request -> {
            clock.advance(Duration.ofMillis(1));
            request.response().putHeader("Content-Type", "text/event-stream").end(events);
        });
    }

    Future<HttpClientResponse> send(String body) {
        return send(CHAT, body);
    }

    Future<HttpClientResponse> send(String path, String body) {
        return client.request(HttpMethod.POST, port, "127.0.0.1", path).compose(request -> request.send(body));
    }

    Got ask(String body) {
        return ask(CHAT, body);
    }

    /** Sends a request without waiting for its answer. */
    Future<HttpClientRequest> open(String body) {
        return client.request(HttpMethod.POST, port, "127.0.0.1", CHAT).map(request -> {
            request.response().onFailure(gone -> {});
            request.end(body);
            return request;
        });
    }

    Got ask(String path, String body) {
        return await(got(path, body));
    }

    Future<Got> got(String path, String body) {
        return send(path, body)
                .compose(response -> response.body().map(text -> {
                    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                    response.headers().forEach(headers::put);
                    return new Got(response.statusCode(), headers, text.toString());
                }));
    }

    /** Waits until nothing is under way; then how many still use the instance. */
    int usersOnceQuiet(String identifier) {
        await(inFlight.whenEmpty());
        return users(identifier);
    }

    /** How many requests use the instance. */
    int users(String identifier) {
        var instance = handle.view().instances().get(identifier);
        return instance == null ? 0 : instance.inFlight();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("it did not happen within 20 s", late);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private static final class CodesOnly implements Dialect {
        @Override
        public Buffer body(Failure failure, String requestId) {
            return Buffer.buffer(failure.code().text());
        }

        @Override
        public Buffer event(Failure failure, String requestId) {
            return Buffer.buffer("data: failed " + failure.code().text() + "\n\n");
        }
    }
}
