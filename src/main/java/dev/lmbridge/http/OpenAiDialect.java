package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.gateway.Dialect;
import dev.lmbridge.wire.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Failures as OpenAI's API says them: the envelope {@code {"error": {…}}}. */
final class OpenAiDialect implements Dialect {
    /** Clients read the first few; a catalogue of hundreds would only make an error long. */
    private static final int SHOWN_MODELS = 50;

    @Override
    public Buffer body(Failure failure, String requestId) {
        return envelope(error(failure, requestId)).toBuffer();
    }

    @Override
    public Buffer event(Failure failure, String requestId) {
        return Buffer.buffer("data: ")
                .appendBuffer(envelope(lastError(failure, requestId)).toBuffer())
                .appendString("\n\n");
    }

    /** The error as it stands in a stream: with the status and the wait that headers can no longer say. */
    static JsonObject lastError(Failure failure, String requestId) {
        JsonObject error =
                error(failure, requestId).put("status", failure.code().status());
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            error.put("retry_after", Problem.seconds(retryAfter));
        }
        return error;
    }

    private static JsonObject envelope(JsonObject error) {
        return new JsonObject().put("error", error);
    }

    private static JsonObject error(Failure failure, String requestId) {
        JsonObject error = new JsonObject()
                .put("message", message(failure))
                .put("type", type(failure.code().status()))
                .put(
                        "param",
                        failure.errors().isEmpty()
                                ? null
                                : failure.errors().getFirst().field())
                .put("code", failure.code().text())
                .put("request_id", requestId);
        if (!failure.available().isEmpty()) {
            error.put("available", available(failure));
        }
        failure.more().forEach(error::put);
        return error;
    }

    static JsonArray available(Failure failure) {
        return new JsonArray(failure.available().stream().limit(SHOWN_MODELS).toList());
    }

    static String message(Failure failure) {
        if (failure.errors().size() < 2) {
            return failure.detail();
        }
        StringBuilder all = new StringBuilder();
        failure.errors()
                .forEach(error -> all.append(all.isEmpty() ? "" : " ")
                        .append(error.field())
                        .append(": ")
                        .append(error.message()));
        return all.toString();
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }
}
