package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.settings.HttpSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** {@code /bridge/v1/ws}: the upgrade to a WebSocket. */
final class SocketRoutes {
    /** How many an event loop serves at a time. */
    private static final int MAX_OPEN = 512;

    private static final int MAX_FRAME = 64 << 10;
    private static final int MAX_MESSAGE = 256 << 10;
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final HttpSettings settings;
    private final HttpVerticle.Parts parts;
    private final Snapshots snapshots;
    private int open;

    SocketRoutes(Vertx vertx, HttpSettings settings, HttpVerticle.Parts parts, Snapshots snapshots) {
        this.vertx = vertx;
        this.settings = settings;
        this.parts = parts;
        this.snapshots = snapshots;
    }

    /** No compression: what a few bytes unfold to would not be bounded by the size of a frame. */
    static void limit(HttpServerOptions options) {
        options.setMaxWebSocketFrameSize(MAX_FRAME)
                .setMaxWebSocketMessageSize(MAX_MESSAGE)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    void install(Router router) {
        router.get("/bridge/v1/ws").handler(this::upgrade);
    }

    private void upgrade(RoutingContext context) {
        var request = context.request();
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            Failures.send(context, Failure.invalid("Upgrade", "must be websocket: this route speaks WebSocket only."));
            return;
        }
        if (open >= MAX_OPEN) {
            Failures.send(
                    context,
                    Failure.of(FailureCode.QUEUE_FULL, "Too many WebSockets are open. Close some, or try again later.")
                            .withRetryAfter(RETRY));
            return;
        }
        open++;
        SocketGuard guard = new SocketGuard(request);
        request.toWebSocket()
                .onSuccess(socket -> {
                    var remote = request.remoteAddress();
                    String actor = remote == null ? "unknown" : String.valueOf(remote.hostAddress());
                    var orders = new SocketOrders(parts, actor, RequestIds.of(context));
                    new EventSocket(
                                    vertx,
                                    socket,
                                    guard,
                                    snapshots,
                                    parts.events(),
                                    orders,
                                    parts.clock(),
                                    settings.deadlines().clientStalled(),
                                    closed -> open--)
                            .start();
                })
                .onFailure(malformed -> {
                    open--;
                    Failures.send(
                            context,
                            Failure.invalid("Sec-WebSocket-Key", "or another header of the handshake is malformed."));
                });
    }
}
