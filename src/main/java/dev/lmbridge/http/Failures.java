package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.gateway.Dialect;
import dev.lmbridge.wire.BusFailures;
import dev.lmbridge.wire.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The only place that answers with a failure: each path in the dialect that its clients read. */
final class Failures {
    private static final Dialect OPENAI = new OpenAiDialect();
    private static final Dialect ANTHROPIC = new AnthropicDialect();
    private static final Dialect RESPONSES = new NamedEvents(OPENAI, NamedEvents::responseFailed);
    private static final Dialect LM_STUDIO = new NamedEvents(OPENAI, NamedEvents::chatError);

    private Failures() {}

    /** How failures are said on a path; null where they are problem documents. */
    static @Nullable Dialect dialect(@Nullable String path) {
        return switch (path) {
            case null -> null;
            case "/v1/messages" -> ANTHROPIC;
            case "/v1/responses" -> RESPONSES;
            case "/api/v1/chat" -> LM_STUDIO;
            default -> path.startsWith("/v1/") || path.startsWith("/api/") ? OPENAI : null;
        };
    }

    static void send(RoutingContext context, Throwable error) {
        send(context, BusFailures.of(error));
    }

    static void send(RoutingContext context, Failure failure) {
        send(context.request(), RequestIds.of(context), failure);
    }

    static void send(HttpServerRequest request, String requestId, Failure failure) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            response.putHeader("Retry-After", String.valueOf(Problem.seconds(retryAfter)));
        }
        Dialect dialect = dialect(request.path());
        Buffer body = dialect == null
                ? Problem.write(failure, request.path(), requestId).toBuffer()
                : dialect.body(failure, requestId);
        response.setStatusCode(failure.code().status())
                .putHeader("Content-Type", dialect == null ? "application/problem+json" : "application/json")
                .end(body)
                .onFailure(gone -> {});
    }

    /** What the router itself refuses, and what a handler throws. */
    static void install(Router router, long maxBody) {
        router.errorHandler(
                404,
                context -> send(
                        context,
                        Failure.of(
                                FailureCode.NOT_FOUND,
                                "There is no route " + shown(context.request().path()) + "; see /openapi.yaml.")));
        router.errorHandler(405, context -> {
            // RFC 9110, section 15.5.6: the answer names the methods that there are.
            String allowed = allowed(router, context.request().path());
            context.response().putHeader("Allow", allowed);
            send(
                    context,
                    Failure.of(
                            FailureCode.METHOD_NOT_ALLOWED,
                            context.request().method() + " is not allowed on "
                                    + shown(context.request().path()) + "; allowed: " + allowed + "."));
        });
        router.errorHandler(
                413,
                context -> send(
                        context,
                        Failure.of(
                                FailureCode.PAYLOAD_TOO_LARGE,
                                "The body has more than the " + maxBody + " bytes that http.maxBody allows.")));
        router.errorHandler(
                400, context -> send(context, Failure.invalid("request", "could not be read as HTTP or JSON.")));
        router.errorHandler(
                417, context -> send(context, Failure.invalid("Expect", "must be 100-continue, or be left out.")));
        router.errorHandler(500, context -> send(context, context.failure()));
        router.route().failureHandler(context -> {
            if (context.failure() == null || isTheSendersFault(context)) {
                context.next();
            } else {
                send(context, context.failure());
            }
        });
    }

    private static String allowed(Router router, String path) {
        return router.getRoutes().stream()
                .filter(route -> route.methods() != null && matches(route, path))
                .flatMap(route -> route.methods().stream())
                .map(HttpMethod::name)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static boolean matches(Route route, String path) {
        // A route made from a pattern has it as its name.
        String pattern = route.getPath();
        return pattern != null ? path.equals(pattern) : route.getName() != null && path.matches(route.getName());
    }

    /** The router itself says 400 of a request that it cannot read, with whatever it stumbled over. */
    private static boolean isTheSendersFault(RoutingContext context) {
        return context.statusCode() >= 400
                && context.statusCode() < 500
                && !(context.failure() instanceof FailureException);
    }

    private static String shown(String path) {
        return path.length() > 200 ? path.substring(0, 200) + "…" : path;
    }
}
