package dev.lmbridge.sim.http;

import dev.lmbridge.sim.machine.Refusal;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** What a refusal of the machine is on {@code /v1}: the status, the shape and the text. */
final class Errors {
    private static final String TYPE = "invalid_request_error";

    private Errors() {}

    static void openAi(HttpServerResponse response, @Nullable String model, Refusal refusal) {
        switch (refusal.reason()) {
            case UNKNOWN_MODEL, NO_MODELS_LOADED ->
                Replies.openAiError(response, 400, refusal.title(), TYPE, "model", "model_not_found");
            case SEVERAL_MODELS_LOADED -> Replies.openAiError(response, 400, refusal.title(), TYPE, "model", null);
            case MEMORY, LOAD_FAILED, IDENTIFIER_TAKEN ->
                Replies.openAiError(
                        response,
                        400,
                        "Failed to load model \"" + model + "\". Error: " + refusal.title(),
                        TYPE,
                        "model",
                        null);
            case CRASHED, UNLOADED, CONTEXT_OVERFLOW -> Replies.errorText(response, 400, refusal.title());
        }
    }
}
