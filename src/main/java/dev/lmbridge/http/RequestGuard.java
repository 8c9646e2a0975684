package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.settings.HttpSettings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a web page could make a browser send: a foreign {@code Host} (DNS rebinding), a foreign {@code Origin}, and
 * changing requests in a media type that needs no preflight.
 */
final class RequestGuard {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    /** An orchestrator asks by whatever address it knows, and wants its answer during a stop above all. */
    private static final Set<String> PROBES = Set.of("/health/live", "/health/ready");

    private static final Set<HttpMethod> CHANGING =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private final Set<String> hosts;
    private final Set<String> origins;
    private final BooleanSupplier draining;

    RequestGuard(HttpSettings settings, BooleanSupplier draining) {
        hosts = Stream.concat(
                        Stream.concat(LOOPBACK.stream(), Stream.of(settings.host())), settings.allowedHosts().stream())
                .map(RequestGuard::lower)
                .collect(Collectors.toUnmodifiableSet());
        origins = settings.allowedOrigins().stream().map(RequestGuard::lower).collect(Collectors.toUnmodifiableSet());
        this.draining = draining;
    }

    void check(RoutingContext context) {
        Failure refusal = refusal(context.request());
        if (refusal == null) {
            context.next();
        } else {
            Failures.send(context, refusal);
        }
    }

    /** Why a request is refused; null if it is not. */
    @Nullable
    Failure refusal(HttpServerRequest request) {
        if (PROBES.contains(String.valueOf(request.path()))) {
            return null;
        }
        if (!isKnownHost(request)) {
            return forbidden("Host", "http.allowedHosts");
        }
        if (!isKnownOrigin(request)) {
            return forbidden("Origin", "http.allowedOrigins");
        }
        if (draining.getAsBoolean()) {
            return Failure.of(FailureCode.SHUTTING_DOWN, "The bridge is shutting down.");
        }
        if (CHANGING.contains(request.method())
                && !isBareDelete(request)
                && !isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            return Failure.of(FailureCode.UNSUPPORTED_MEDIA_TYPE, "Send the body with Content-Type: application/json.");
        }
        if (!isPlain(request.getHeader(HttpHeaders.CONTENT_ENCODING))) {
            return Failure.of(
                    FailureCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the body as it is: Content-Encoding is not supported here.");
        }
        return null;
    }

    /** A few compressed bytes may stand for any number of plain ones. */
    private static boolean isPlain(@Nullable String encoding) {
        return encoding == null || encoding.isBlank() || lower(encoding.strip()).equals("identity");
    }

    /** A DELETE needs no body, and no web page can send one to another origin without asking first. */
    private static boolean isBareDelete(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.method().equals(HttpMethod.DELETE)
                && request.getHeader("Transfer-Encoding") == null
                && (length == null || length.equals("0"));
    }

    private static Failure forbidden(String header, String setting) {
        return Failure.of(
                FailureCode.FORBIDDEN,
                "The " + header + " header of this request is not allowed here; " + setting + " can allow it.");
    }

    private boolean isKnownHost(HttpServerRequest request) {
        var authority = request.authority();
        if (authority == null || authority.host() == null) {
            return false;
        }
        if (hosts.contains(authority.host())) {
            return true;
        }
        String name = lower(authority.host());
        return hosts.contains(name)
                || name.equals(lower(String.valueOf(request.localAddress().hostAddress())));
    }

    private boolean isKnownOrigin(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return true;
        }
        if (origins.contains(lower(origin))) {
            return true;
        }
        try {
            URI uri = URI.create(origin);
            return uri.getHost() != null
                    && hosts.contains(lower(uri.getHost()))
                    && uri.getPort() == request.localAddress().port();
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isJson(@Nullable String contentType) {
        // As nearly everybody writes it.
        return "application/json".equals(contentType)
                || (contentType != null
                        && lower(contentType.split(";", 2)[0].strip()).equals("application/json"));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
