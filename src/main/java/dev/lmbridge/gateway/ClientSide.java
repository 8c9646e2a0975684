package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.wire.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The way back to a client: one head, then bytes, then exactly one end. */
final class ClientSide {
    static final String EVENT_STREAM = "text/event-stream";

    private static final Buffer HEARTBEAT = Buffer.buffer(": waiting\n\n");
    private static final int LONGEST_HEADER = 1024;
    private static final CharSequence HOST = HttpHeaders.createOptimized("X-LM-Bridge-Host");
    private static final CharSequence MODEL = HttpHeaders.createOptimized("X-LM-Bridge-Model");
    private static final CharSequence QUEUED = HttpHeaders.createOptimized("X-LM-Bridge-Queue-Ms");
    private static final CharSequence LOADED = HttpHeaders.createOptimized("X-LM-Bridge-Load-Ms");
    private static final CharSequence SIMULATED = HttpHeaders.createOptimized("X-LM-Bridge-Simulated");

    private final InferenceRequest request;
    private final HttpServerResponse response;

    ClientSide(InferenceRequest request) {
        this.request = request;
        response = request.response();
    }

    boolean isOpen() {
        return !response.ended() && !response.closed();
    }

    boolean hasBegun() {
        return response.headWritten();
    }

    /** Tells the client, and whatever proxy stands between, that somebody is at work. From here on the status is 200. */
    void heartbeat() {
        if (isOpen() && !response.writeQueueFull()) {
            if (!hasBegun()) {
                streamHead();
            }
            response.write(HEARTBEAT).onFailure(gone -> {});
        }
    }

    /**
     * Headers that tell where the answer comes from. Without effect once the head is out.
     *
     * @param queued how long the request has waited for a place
     */
    void describe(Gateway.Place place, Duration queued) {
        if (hasBegun()) {
            return;
        }
        header(HOST, place.host().name());
        header(MODEL, place.model());
        Duration waited = place.alreadyLoaded() ? queued.plus(place.waitedFor()) : queued;
        header(QUEUED, String.valueOf(waited.toMillis()));
        if (!place.alreadyLoaded()) {
            header(LOADED, String.valueOf(place.waitedFor().toMillis()));
        }
        if (place.host().simulated()) {
            header(SIMULATED, "true");
        }
    }

    private void header(CharSequence name, String value) {
        if (isSafe(value)) {
            response.putHeader(name, value);
        }
    }

    /** Whether a value is of visible ASCII alone. */
    private static boolean isSafe(String value) {
        for (int at = 0; at < value.length(); at++) {
            if (value.charAt(at) < '!' || value.charAt(at) > '~') {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= LONGEST_HEADER;
    }

    void streamHead() {
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader("X-Accel-Buffering", "no");
    }

    void whole(int status, String contentType, Buffer body) {
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .end(body)
                .onFailure(gone -> {});
    }

    HttpServerResponse stream() {
        return response;
    }

    /** Ends with a failure: by its status while that can be sent, else as the last event of the stream. */
    void fail(Failure failure, int status) {
        if (!isOpen()) {
            return;
        }
        if (hasBegun()) {
            response.end(request.dialect().event(failure, request.requestId())).onFailure(gone -> {});
            return;
        }
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            response.putHeader("Retry-After", String.valueOf(Problem.seconds(retryAfter)));
        }
        response.headers().remove("Transfer-Encoding");
        response.setChunked(false);
        whole(status, "application/json", request.dialect().body(failure, request.requestId()));
    }

    /** Ends the connection without a further word: for a client that reads nothing, there is no other way. */
    void drop() {
        response.reset().onFailure(gone -> {});
    }

    static String text(Buffer body) {
        return body.toString(StandardCharsets.UTF_8);
    }
}
