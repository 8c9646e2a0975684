package dev.lmbridge.gateway;

import dev.lmbridge.lmstudio.HostEndpoint;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
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

    /** The head of the request as it goes to a host: made here, with nothing of the client's. */
    RequestOptions to(HostEndpoint endpoint) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSsl(endpoint.tls())
                .setURI(route.path());
        options.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        options.putHeader(HttpHeaders.ACCEPT, stream() ? ClientSide.EVENT_STREAM : "application/json");
        endpoint.authorization().ifPresent(value -> options.putHeader(HttpHeaders.AUTHORIZATION, value));
        return options;
    }
}
