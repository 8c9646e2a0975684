package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.wire.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** The way back to a client: one head, then bytes, then exactly one end. */
final class ClientSide {
    static final String EVENT_STREAM = "text/event-stream";

    private static final Buffer HEARTBEAT = Buffer.buffer(": waiting\n\n");
    private static final Pattern HEADER_SAFE = Pattern.compile("[\\x21-\\x7e]{1,1024}");

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
        header("X-LM-Bridge-Host", place.host().name());
        header("X-LM-Bridge-Model", place.model());
        Duration waited = place.alreadyLoaded() ? queued.plus(place.waitedFor()) : queued;
        header("X-LM-Bridge-Queue-Ms", String.valueOf(waited.toMillis()));
        if (!place.alreadyLoaded()) {
            header("X-LM-Bridge-Load-Ms", String.valueOf(place.waitedFor().toMillis()));
        }
        if (place.host().simulated()) {
            header("X-LM-Bridge-Simulated", "true");
        }
    }

    private void header(String name, String value) {
        if (HEADER_SAFE.matcher(value).matches()) {
            response.putHeader(name, value);
        }
    }

    void streamHead() {
        response.setChunked(true)
                .putHeader("Content-Type", EVENT_STREAM)
                .putHeader("Cache-Control", "no-cache")
                .putHeader("X-Accel-Buffering", "no");
    }

    void whole(int status, String contentType, Buffer body) {
        response.setStatusCode(status)
                .putHeader("Content-Type", contentType)
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
