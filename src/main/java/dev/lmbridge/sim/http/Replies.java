package dev.lmbridge.sim.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** Writes answers as LM Studio's server does: JSON over several lines, and headers of Express. */
public final class Replies {
    static final ObjectMapper JSON = new ObjectMapper();

    private Replies() {}

    public static void json(HttpServerResponse response, int status, JsonNode body) {
        if (response.ended() || response.closed()) {
            return;
        }
        // A failed write means that the client is gone.
        response.setStatusCode(status)
                .putHeader("X-Powered-By", "Express")
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .end(pretty(body));
    }

    /** {@code {"error":"text"}}. */
    static void errorText(HttpServerResponse response, int status, String text) {
        json(response, status, object().put("error", text));
    }

    /** {@code {"error":{"message","type","param","code"}}}, as on {@code /v1}. */
    static void openAiError(
            HttpServerResponse response,
            int status,
            String message,
            String type,
            @Nullable String param,
            @Nullable String code) {
        ObjectNode body = object();
        body.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", param)
                .put("code", code);
        json(response, status, body);
    }

    /** {@code {"error":{"type","code"?,"message","param"?}}}, as on {@code /api/v1}. */
    static void restError(
            HttpServerResponse response,
            int status,
            String type,
            @Nullable String code,
            String message,
            @Nullable String param) {
        ObjectNode body = object();
        ObjectNode error = body.putObject("error").put("type", type);
        if (code != null) {
            error.put("code", code);
        }
        error.put("message", message);
        if (param != null) {
            error.put("param", param);
        }
        json(response, status, body);
    }

    /** A mistake of the simulation: a typed error on {@code /api/v1}, a text elsewhere, a cut in the middle of an answer. */
    static void failed(HttpServerRequest request) {
        String text = "The simulation failed on this request; its log has the cause.";
        if (request.response().headWritten()) {
            request.connection().close();
        } else if (isRestV1(request)) {
            restError(request.response(), 500, "internal_error", null, text, null);
        } else {
            errorText(request.response(), 500, text);
        }
    }

    static boolean isRestV1(HttpServerRequest request) {
        return request.path() != null && request.path().startsWith("/api/v1/");
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String pretty(JsonNode body) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(body) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be written", e);
        }
    }
}
