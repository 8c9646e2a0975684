package dev.lmbridge.http;

import dev.lmbridge.downloads.DownloadsVerticle;
import dev.lmbridge.events.EventLog;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.gateway.Gateway;
import dev.lmbridge.gateway.HostLists;
import dev.lmbridge.gateway.InFlight;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.Draining;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.OrderAudit;
import dev.lmbridge.loader.Pins;
import dev.lmbridge.settings.HttpSettings;
import dev.lmbridge.store.StoreVerticle;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Listens, on each event loop. */
public final class HttpVerticle extends VerticleBase {

    private final HttpSettings settings;
    private final Parts parts;
    private final IntConsumer listening;

    /**
     * What the routes work with, shared by every event loop.
     *
     * @param draining whether the service is on its way out
     */
    public record Parts(
            Gateway gateway,
            Fleet fleet,
            LoaderClient loaders,
            CommandReader commands,
            OrderAudit orders,
            StoreVerticle store,
            PrometheusMeterRegistry registry,
            InstantSource clock,
            BooleanSupplier draining,
            Chronicle chronicle,
            DownloadsVerticle downloads,
            InFlight inFlight,
            EventLog events,
            Pins pins) {}

    /** @param listening hears the port that was taken */
    public HttpVerticle(HttpSettings settings, Parts parts, IntConsumer listening) {
        this.settings = settings;
        this.parts = parts;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                // A negative port is any free one, the same for every event loop.
                .setPort(settings.port() == 0 ? -1 : settings.port())
                .setMaxHeaderSize(32 << 10)
                .setMaxInitialLineLength(8 << 10)
                .setDecompressionSupported(false)
                // Its part in the pipeline would look at every request, and events are small.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                // Waiting for what may be HTTP/2's first bytes, the server would not know of silent connections.
                .setHttp2ClearTextEnabled(false);
        SocketRoutes.limit(options);
        HttpServer server = vertx.createHttpServer(options);
        new IdleConnections(parts.clock()).install(vertx, server, handler());
        return server.listen().onSuccess(bound -> listening.accept(bound.actualPort()));
    }

    private Handler<HttpServerRequest> handler() {
        return new StraightWay(vertx, settings, guard(), inference(), router());
    }

    private RequestGuard guard() {
        return new RequestGuard(settings, parts.draining());
    }

    private InferenceRoutes inference() {
        return new InferenceRoutes(parts.gateway(), parts.commands(), parts.clock());
    }

    Router router() {
        Router router = Router.router(vertx);
        Failures.install(router, settings.maxBodyBytes());
        router.route().handler(RequestIds::assign);
        HealthRoutes health = new HealthRoutes(vertx, parts.fleet(), parts.store(), parts.registry(), parts.draining());
        router.route().handler(guard()::check);
        new Bodies(vertx, settings).install(router);
        health.install(router);
        new DeepHealth(parts.fleet(), parts.store(), parts.clock()).install(router);
        Contract.install(router);
        new ModelRoutes(parts.loaders(), parts.commands(), parts.orders(), parts.chronicle(), parts.clock())
                .install(router);
        new DownloadRoutes(parts.downloads(), parts.clock()).install(router);
        new HoldRoutes(parts.loaders(), parts.commands(), parts.pins()).install(router);
        new AuditRoutes(parts.store()).install(router);
        BreakerRoutes breakers = new BreakerRoutes(parts.fleet(), parts.clock());
        breakers.install(router);
        HostRoutes hosts = new HostRoutes(parts.fleet(), breakers, new Draining(vertx, parts.events()));
        hosts.install(router);
        new RequestRoutes(parts.inFlight(), parts.fleet(), parts.clock()).install(router);
        new SocketRoutes(vertx, settings, parts, new Snapshots(parts.loaders(), parts.fleet(), breakers, hosts))
                .install(router);
        new ExplainRoutes(parts.fleet(), parts.chronicle(), parts.clock()).install(router);
        new OpenAiRoutes(parts.fleet()).install(router);
        inference().install(router);
        new LmStudioLists(new HostLists(parts.gateway())).install(router);
        new LmStudioLoads(
                        parts.loaders(),
                        parts.fleet(),
                        parts.commands(),
                        parts.orders(),
                        parts.chronicle(),
                        parts.clock())
                .install(router);
        return router;
    }
}
