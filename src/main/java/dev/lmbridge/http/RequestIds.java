package dev.lmbridge.http;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.regex.Pattern;

/** Every answer names its request. A client's own name is kept if it is well-formed. */
final class RequestIds {
    private static final String KEY = "lmbridge.requestId";
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private RequestIds() {}

    static void assign(RoutingContext context) {
        of(context);
        context.next();
    }

    /** The id of a request. One that the router refuses before any handler has it from here on. */
    static String of(RoutingContext context) {
        Object known = context.get(KEY);
        if (known != null) {
            return known.toString();
        }
        String given = context.request().getHeader("X-Request-Id");
        String id = given != null && WELL_FORMED.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        context.put(KEY, id);
        context.response().putHeader("X-LM-Bridge-Request-Id", id);
        return id;
    }
}
