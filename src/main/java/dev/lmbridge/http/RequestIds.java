package dev.lmbridge.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Every answer names its request. A client's own name is kept if it is well-formed. */
final class RequestIds {
    private static final String KEY = "lmbridge.requestId";
    private static final CharSequence GIVEN = HttpHeaders.createOptimized("X-Request-Id");
    private static final CharSequence TOLD = HttpHeaders.createOptimized("X-LM-Bridge-Request-Id");
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /** What tells this process from others: 60 random bits, and version 8, which RFC 9562 leaves to us. */
    private static final long PROCESS = (UUID.randomUUID().getMostSignificantBits() & ~0xF000L) | 0x8000L;

    private static final AtomicLong NEXT =
            new AtomicLong(ThreadLocalRandom.current().nextLong());
    /** Odd, so that no two numbers below 2^62 become the same, and large, so that neighbours do not look alike. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private RequestIds() {}

    /** Unique, and no secret: random bits for each request would cost more than its routing. */
    static String fresh() {
        long variant = 1L << 63;
        long number = (NEXT.getAndIncrement() * SPREAD) & (-1L >>> 2);
        return new UUID(PROCESS, variant | number).toString();
    }

    static void assign(RoutingContext context) {
        of(context);
        context.next();
    }

    /** Gives a request its id, which is told with whatever answer it gets. */
    static String assign(HttpServerRequest request) {
        String given = request.getHeader(GIVEN);
        String id = given != null && WELL_FORMED.matcher(given).matches() ? given : fresh();
        request.response().putHeader(TOLD, id);
        return id;
    }

    /** The id of a request. One that the router refuses before any handler has it from here on. */
    static String of(RoutingContext context) {
        Object known = context.get(KEY);
        if (known != null) {
            return known.toString();
        }
        String id = assign(context.request());
        context.put(KEY, id);
        return id;
    }
}
