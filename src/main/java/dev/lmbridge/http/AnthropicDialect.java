package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.gateway.Dialect;
import dev.lmbridge.wire.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Failures as Anthropic's API says them: {@code {"type": "error", "error": {…}}}. */
final class AnthropicDialect implements Dialect {
    @Override
    public Buffer body(Failure failure, String requestId) {
        return envelope(error(failure), requestId).toBuffer();
    }

    @Override
    public Buffer event(Failure failure, String requestId) {
        JsonObject error = error(failure).put("status", failure.code().status());
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            error.put("retry_after", Problem.seconds(retryAfter));
        }
        return NamedEvents.event("error", envelope(error, requestId));
    }

    private static JsonObject envelope(JsonObject error, String requestId) {
        return new JsonObject().put("type", "error").put("error", error).put("request_id", requestId);
    }

    private static JsonObject error(Failure failure) {
        JsonObject error = new JsonObject()
                .put("type", type(failure.code().status()))
                .put("message", OpenAiDialect.message(failure))
                .put("code", failure.code().text());
        if (!failure.available().isEmpty()) {
            error.put("available", OpenAiDialect.available(failure));
        }
        failure.more().forEach(error::put);
        return error;
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
