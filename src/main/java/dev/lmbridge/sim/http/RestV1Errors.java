package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a refusal of the machine is on {@code /api/v1}. Types and texts are documented or were seen; the statuses are partly a choice: 400
 * was seen for the guardrail and for an unknown model (others report 404 for the latter), 500 for an engine that fails.
 */
final class RestV1Errors {
    private RestV1Errors() {}

    static void send(HttpServerResponse response, @Nullable String model, Refusal refusal) {
        ObjectNode body = Replies.object();
        body.set("error", error(model, refusal));
        Replies.json(response, status(refusal), body);
    }

    /** The object that an answer has in {@code error}, and the error event of a stream too. */
    static ObjectNode error(@Nullable String model, Refusal refusal) {
        ObjectNode error = Replies.object();
        return switch (refusal.reason()) {
            case UNKNOWN_MODEL, NO_MODELS_LOADED ->
                error.put("type", "invalid_request")
                        .put("code", "model_not_found")
                        .put("message", refusal.title())
                        .put("param", "model");
            case SEVERAL_MODELS_LOADED ->
                error.put("type", "invalid_request")
                        .put("message", refusal.title())
                        .put("param", "model");
            case MEMORY, LOAD_FAILED, IDENTIFIER_TAKEN ->
                error.put("type", "model_load_failed")
                        .put("message", "Failed to load model \"" + model + "\". Error: " + refusal.title());
            case CONTEXT_OVERFLOW -> error.put("type", "invalid_request").put("message", refusal.title());
            case CRASHED, UNLOADED -> error.put("type", "internal_error").put("message", refusal.title());
        };
    }

    private static int status(Refusal refusal) {
        return switch (refusal.reason()) {
            case LOAD_FAILED, CRASHED, UNLOADED -> 500;
            case UNKNOWN_MODEL, NO_MODELS_LOADED, SEVERAL_MODELS_LOADED, IDENTIFIER_TAKEN, MEMORY, CONTEXT_OVERFLOW ->
                400;
        };
    }
}
