package dev.lmbridge.sim.machine;

import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why the machine did not do what was asked, in LM Studio's words.
 *
 * @param title the sentence that {@code lms} prints after {@code Error: }
 * @param cause the text of the CAUSE block, or null
 * @param suggestion the text after SUGGESTION, or null
 */
public record Refusal(
        Reason reason,
        String title,
        @Nullable String cause,
        @Nullable String suggestion) {

    Refusal(Reason reason, String title, @Nullable String cause) {
        this(reason, title, cause, null);
    }

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

    /** The rule is the client's (lmstudio-js {@code reasonable.ts}); what the real server says is not known. */
    static Refusal identifierUnreasonable() {
        return new Refusal(
                Reason.LOAD_FAILED,
                "The \"identifier\" must have 1 to 1024 characters, none of them a control character, and not be \"__proto__\".",
                null);
    }

    /** The text of the real server is not known; only that it refuses. */
    static Refusal identifierTaken(String identifier) {
        return new Refusal(
                Reason.IDENTIFIER_TAKEN, "A model with the identifier \"" + identifier + "\" is already loaded.", null);
    }

    /** What the guardrail says by itself: the text since LM Studio 0.3.25 (lmstudio-ai/lms issue 499). */
    static Refusal memory(double gigabytes) {
        return memory(String.format(Locale.ROOT, "%.2f GB", gigabytes));
    }

    /**
     * What a fault makes the guardrail say.
     *
     * @param wording {@code current}; {@code old} for the text up to 0.3.24, which has no figure (lmstudio-bug-tracker issue 927);
     *     {@code nan} for a figure that the engine could not tell (issue 1038)
     */
    static Refusal memory(double gigabytes, String wording) {
        return switch (wording) {
            case "old" ->
                new Refusal(
                        Reason.MEMORY,
                        "Model loading aborted due to insufficient system resources. Overloading the system will likely cause it"
                                + " to freeze. If you believe this is a mistake, you can try to change the model loading"
                                + " guardrails in the settings.",
                        null);
            case "nan" -> memory("NaN undefined");
            default -> memory(gigabytes);
        };
    }

    private static Refusal memory(String figure) {
        return new Refusal(
                Reason.MEMORY,
                "Model loading was stopped due to insufficient system resources. Under the current settings, this model requires"
                        + " approximately " + figure
                        + " of memory, and continuing to load it would likely overload your system and cause it to freeze."
                        + " If you think this is incorrect, you can adjust the model loading guardrails in settings.",
                null);
    }

    /**
     * What the engine says when it fails.
     *
     * @param wording where the text stands: {@code cause} for the block of that name, {@code suggestion} for that block with a
     *     suggestion before it, {@code title} for the error itself
     */
    static Refusal loadFailed(String text, String wording) {
        return switch (wording) {
            case "title" -> new Refusal(Reason.LOAD_FAILED, text, null);
            case "suggestion" ->
                new Refusal(Reason.LOAD_FAILED, "Failed to load model.", text, "Try a different model and/or config.");
            default -> new Refusal(Reason.LOAD_FAILED, "Failed to load model.", text);
        };
    }

    static Refusal crashed() {
        return new Refusal(
                Reason.CRASHED, "The model has crashed without additional information. (Exit code: null)", null);
    }

    /** LM Studio itself is gone: what a client of its private API says then. */
    static Refusal hostDown() {
        return new Refusal(Reason.CRASHED, "WebSocket connection closed", null);
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
