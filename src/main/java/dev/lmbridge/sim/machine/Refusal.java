package dev.lmbridge.sim.machine;

import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why the machine did not do what was asked, in LM Studio's words.
 *
 * @param title the sentence that {@code lms} prints after {@code Error: }
 * @param cause the text of the CAUSE block, or null
 */
public record Refusal(Reason reason, String title, @Nullable String cause) {

    /** What went wrong, for the edges that choose a status code. */
    public enum Reason {
        UNKNOWN_MODEL,
        NO_MODELS_LOADED,
        SEVERAL_MODELS_LOADED,
        IDENTIFIER_TAKEN,
        MEMORY,
        LOAD_FAILED,
        CRASHED,
        UNLOADED,
        CONTEXT_OVERFLOW
    }

    static Refusal pathNotFound(String modelKey) {
        return new Refusal(Reason.UNKNOWN_MODEL, "Cannot find a model with path \"" + modelKey + "\"", null);
    }

    static Refusal invalidIdentifier(String name, Catalogue catalogue, ModelType type) {
        String examples = catalogue.models().stream()
                .filter(model -> model.type() == type)
                .limit(3)
                .map(CatalogueModel::modelKey)
                .collect(Collectors.joining(", "));
        return new Refusal(
                Reason.UNKNOWN_MODEL,
                "Invalid model identifier \"" + name + "\". Please specify a valid downloaded model (e.g., " + examples
                        + ").",
                null);
    }

    static Refusal noModelsLoaded() {
        return new Refusal(
                Reason.NO_MODELS_LOADED,
                "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
                null);
    }

    static Refusal severalModelsLoaded() {
        return new Refusal(
                Reason.SEVERAL_MODELS_LOADED,
                "Multiple models are loaded. Please specify a model by providing a 'model' field.",
                null);
    }

    /** The text of the real server is not known; only that it refuses. */
    static Refusal identifierTaken(String identifier) {
        return new Refusal(
                Reason.IDENTIFIER_TAKEN, "A model with the identifier \"" + identifier + "\" is already loaded.", null);
    }

    /** The text of the guardrail since LM Studio 0.3.25 (lmstudio-ai/lms issue 499). */
    static Refusal memory(double gigabytes) {
        return new Refusal(
                Reason.MEMORY,
                "Model loading was stopped due to insufficient system resources. Under the current settings, this model requires"
                        + " approximately " + String.format(Locale.ROOT, "%.2f", gigabytes)
                        + " GB of memory, and continuing to load it would likely overload your system and cause it to freeze."
                        + " If you think this is incorrect, you can adjust the model loading guardrails in settings.",
                null);
    }

    static Refusal loadFailed(String cause) {
        return new Refusal(Reason.LOAD_FAILED, "Failed to load model.", cause);
    }

    static Refusal crashed() {
        return new Refusal(
                Reason.CRASHED, "The model has crashed without additional information. (Exit code: null)", null);
    }

    static Refusal unloaded() {
        return new Refusal(Reason.UNLOADED, "Model is unloaded.", null);
    }

    /** The odd order of the words is LM Studio's. */
    public static Refusal contextOverflow(int promptTokens, int contextLength) {
        return new Refusal(
                Reason.CONTEXT_OVERFLOW,
                "Trying to keep the first " + promptTokens
                        + " tokens when context the overflows. However, the model is loaded with context length of only "
                        + contextLength
                        + " tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter"
                        + " input",
                null);
    }
}
