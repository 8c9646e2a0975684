package dev.lmbridge.gateway;

import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request for an answer, scanned and checked.
 *
 * @param ttl the idle TTL that the client wants, should the model have to be loaded; null if it does not say
 */
public record InferenceRequest(
        InferenceRoute route,
        BodyScan body,
        @Nullable Duration ttl,
        String requestId,
        Dialect dialect,
        HttpServerResponse response) {

    /** What the client named; null means the default model. */
    @Nullable
    String model() {
        return body.model();
    }

    /** Whether the client wants events. */
    boolean stream() {
        return body.stream() && route.streams();
    }
}
