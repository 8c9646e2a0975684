package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.gateway.Dialect;
import dev.lmbridge.gateway.InferenceRoute;
import dev.lmbridge.settings.DurationText;
import dev.lmbridge.settings.HttpSettings;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the plainest of inference requests past the router, whose work would be a tenth of theirs: an exact path, a body of a known
 * and allowed length, nothing to refuse. Every other request goes to the router, which knows all the rest. One for each event
 * loop.
 */
final class StraightWay implements Handler<HttpServerRequest> {
    /** How often it is looked whether bodies still come, where they may be silent for long. */
    private static final long USUAL_PERIOD_MILLIS = 1_000;

    /** Lengths of more digits are too large in any case. */
    private static final int LENGTH_DIGITS = 10;

    private final RequestGuard guard;
    private final InferenceRoutes inference;
    private final Handler<HttpServerRequest> router;
    private final long maxBody;
    private final Duration stalled;
    private final Duration period;
    private final Map<String, Way> ways = new HashMap<>();
    private final Set<Coming> coming = new HashSet<>();

    private record Way(InferenceRoute route, Dialect dialect) {}

    StraightWay(
            Vertx vertx,
            HttpSettings settings,
            RequestGuard guard,
            InferenceRoutes inference,
            Handler<HttpServerRequest> router) {
        this.guard = guard;
        this.inference = inference;
        this.router = router;
        maxBody = settings.maxBodyBytes();
        stalled = settings.deadlines().clientStalled();
        for (InferenceRoute route : InferenceRoute.values()) {
            ways.put(route.path(), new Way(route, Objects.requireNonNull(Failures.dialect(route.path()))));
        }
        period = Duration.ofMillis(Math.clamp(stalled.toMillis() / 4, 1, USUAL_PERIOD_MILLIS));
        vertx.setPeriodic(period.toMillis(), tick -> List.copyOf(coming).forEach(Coming::check));
    }

    @Override
    public void handle(HttpServerRequest request) {
        Way way = ways.get(request.path());
        if (way != null && isPlain(request) && guard.refusal(request) == null) {
            request.routed(way.route().path());
            new Coming(request, way).begin();
        } else {
            router.handle(request);
        }
    }

    private boolean isPlain(HttpServerRequest request) {
        return HttpMethod.POST.equals(request.method())
                && isAllowed(request.getHeader(HttpHeaders.CONTENT_LENGTH))
                && !request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                && !request.headers().contains(HttpHeaders.EXPECT)
                && !request.headers().contains(HttpHeaders.UPGRADE);
    }

    private boolean isAllowed(@Nullable String length) {
        if (length == null || length.isEmpty() || length.length() > LENGTH_DIGITS) {
            return false;
        }
        long value = 0;
        for (int at = 0; at < length.length(); at++) {
            char digit = length.charAt(at);
            if (digit < '0' || digit > '9') {
                return false;
            }
            value = value * 10 + digit - '0';
        }
        return value <= maxBody;
    }

    /** A body on its way. */
    private final class Coming {
        private final HttpServerRequest request;
        private final Way way;
        private final String id;
        private @Nullable Buffer body;
        /** Whether the body is a copy of ours, to which may be added. */
        private boolean copied;

        private int seen;
        private Duration silent = Duration.ZERO;
        private boolean over;

        Coming(HttpServerRequest request, Way way) {
            this.request = request;
            this.way = way;
            id = RequestIds.assign(request);
        }

        void begin() {
            coming.add(this);
            request.handler(this::more);
            request.endHandler(end -> complete());
            request.exceptionHandler(broken -> fail("broke off before its end."));
        }

        private void more(Buffer chunk) {
            Buffer before = body;
            if (before == null) {
                body = chunk;
            } else if (copied) {
                before.appendBuffer(chunk);
            } else {
                body = Buffer.buffer(before.length() + chunk.length())
                        .appendBuffer(before)
                        .appendBuffer(chunk);
                copied = true;
            }
        }

        private void complete() {
            if (end()) {
                Buffer whole = body;
                body = null;
                inference.infer(
                        request, id, whole == null ? new byte[0] : whole.getBytes(), way.route(), way.dialect());
            }
        }

        private void fail(String why) {
            if (end()) {
                body = null;
                Failures.send(request, id, Failure.invalid("body", why));
            }
        }

        private boolean end() {
            coming.remove(this);
            boolean first = !over;
            over = true;
            return first;
        }

        /** Told once in each period: a sender who has stopped would hold its connection for as long as it likes. */
        void check() {
            int length = body == null ? 0 : body.length();
            silent = length > seen ? Duration.ZERO : silent.plus(period);
            seen = length;
            if (silent.compareTo(stalled) >= 0) {
                request.response()
                        .endHandler(told -> request.connection().close().onFailure(gone -> {}));
                fail("stopped to come: nothing of it for " + DurationText.format(stalled) + ".");
            }
        }
    }
}
