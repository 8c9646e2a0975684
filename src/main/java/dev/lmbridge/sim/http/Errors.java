package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** What a refusal of the machine is on {@code /v1}: the status, the shape and the text. */
final class Errors {
    static final String TYPE = "invalid_request_error";

    private Errors() {}

    static void openAi(HttpServerResponse response, @Nullable String model, Refusal refusal) {
        switch (refusal.reason()) {
            case UNKNOWN_MODEL, NO_MODELS_LOADED ->
                Replies.openAiError(response, 400, refusal.title(), TYPE, "model", "model_not_found");
            case SEVERAL_MODELS_LOADED -> Replies.openAiError(response, 400, refusal.title(), TYPE, "model", null);
            case MEMORY, LOAD_FAILED, IDENTIFIER_TAKEN ->
                Replies.openAiError(response, 400, text(model, refusal), TYPE, "model", null);
            case CRASHED, UNLOADED, CONTEXT_OVERFLOW -> Replies.errorText(response, 400, refusal.title());
        }
    }

    /** In Anthropic's shape. LM Studio's own is not known; the status is that of the other routes of {@code /v1}. */
    static void anthropic(HttpServerResponse response, @Nullable String model, Refusal refusal) {
        Replies.json(response, 400, anthropic(TYPE, text(model, refusal)));
    }

    static ObjectNode anthropic(String type, String text) {
        ObjectNode body = Replies.object().put("type", "error");
        body.putObject("error").put("type", type).put("message", text);
        return body;
    }

    /** The sentence: a load that failed is told inside another one. */
    static String text(@Nullable String model, Refusal refusal) {
        return switch (refusal.reason()) {
            case MEMORY, LOAD_FAILED, IDENTIFIER_TAKEN ->
                "Failed to load model \"" + model + "\". Error: " + refusal.title();
            default -> refusal.title();
        };
    }
}
