package dev.lmbridge.gateway;

import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request for an answer, scanned and checked.
 *
 * @param path the route at the host
 * @param model what the client named; null means the default model
 * @param stream whether the client wants events
 * @param ttl the idle TTL that the client wants, should the model have to be loaded; null if it does not say
 */
public record InferenceRequest(
        String path,
        BodyScan body,
        @Nullable String model,
        boolean stream,
        @Nullable Duration ttl,
        String requestId,
        Dialect dialect,
        HttpServerResponse response) {}
