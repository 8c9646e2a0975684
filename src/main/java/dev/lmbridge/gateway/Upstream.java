package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an error of LM Studio's HTTP server means. Its texts are known from captured answers, not from a specification. */
final class Upstream {
    private static final Pattern GONE = Pattern.compile(
            "Invalid model identifier|No models loaded|Model is unloaded|Model unloaded", Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_ROUTE = Pattern.compile("Unexpected endpoint or method", Pattern.CASE_INSENSITIVE);
    private static final Pattern CONTEXT = Pattern.compile(
            "context size has been exceeded|context the overflows|context length of only|exceeds the context",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern MEMORY = Pattern.compile(
            "insufficient system resources|requires approximately .{1,40} of memory|not enough resources|out of memory",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern CRASHED =
            Pattern.compile("model has crashed|process (?:has )?(?:crashed|exited)", Pattern.CASE_INSENSITIVE);
    private static final Pattern LOAD = Pattern.compile("^Failed to load model", Pattern.CASE_INSENSITIVE);
    private static final Pattern REQUIRED = Pattern.compile("requires approximately ([\\d.]+) ?GB");

    private static final int SHOWN = 2_000;

    private Upstream() {}

    /** Whether the text says that the instance was not there: then nothing was generated, and asking again is safe. */
    static boolean saysModelIsGone(@Nullable String text) {
        return text != null && GONE.matcher(text).find();
    }

    /** Whether the text says that the engine died under the model. */
    static boolean saysModelCrashed(@Nullable String text) {
        return text != null && CRASHED.matcher(text).find();
    }

    /**
     * The failure in an error answer.
     *
     * @param text what the host said, null if nothing readable
     * @param retryAfter the host's {@code Retry-After} in seconds, null if it gave none
     */
    static Failure failure(int status, @Nullable String text, @Nullable Duration retryAfter) {
        String said = text == null || text.isBlank() ? "The host gave no reason." : cut(text.strip());
        if (NO_ROUTE.matcher(said).find()) {
            return Failure.of(FailureCode.NOT_SUPPORTED_BY_HOST, "This LM Studio has no such route: " + said);
        }
        if (CONTEXT.matcher(said).find()) {
            return Failure.of(FailureCode.CONTEXT_LENGTH_EXCEEDED, said);
        }
        if (MEMORY.matcher(said).find()) {
            return memory(said);
        }
        if (saysModelIsGone(said)) {
            return Failure.of(FailureCode.UPSTREAM_ERROR, "The model was unloaded before it could answer: " + said);
        }
        if (saysModelCrashed(said)) {
            return Failure.of(FailureCode.UPSTREAM_ERROR, "The model has crashed at the host: " + said)
                    .with("reason", "crashed");
        }
        if (LOAD.matcher(said).find()) {
            return Failure.of(FailureCode.MODEL_LOAD_FAILED, said);
        }
        return switch (status) {
            case 400, 422 -> Failure.of(FailureCode.INVALID_REQUEST, said);
            case 401, 403 ->
                Failure.of(
                        FailureCode.UPSTREAM_ERROR,
                        "The host refuses the bridge's own token; set hosts[].token. It said: " + said);
            case 404 -> Failure.of(FailureCode.NOT_FOUND, said);
            case 413 -> Failure.of(FailureCode.PAYLOAD_TOO_LARGE, said);
            case 415 -> Failure.of(FailureCode.UNSUPPORTED_MEDIA_TYPE, said);
            case 429 -> {
                Failure limited = Failure.of(FailureCode.RATE_LIMITED, said);
                yield retryAfter == null ? limited : limited.withRetryAfter(retryAfter);
            }
            default ->
                Failure.of(
                        status >= 400 && status < 500 ? FailureCode.INVALID_REQUEST : FailureCode.UPSTREAM_ERROR,
                        "The host answered " + status + ": " + said);
        };
    }

    /** The status that a failure is told with: a refusal of the host that no other code names keeps the host's own. */
    static int status(int answered, Failure failure) {
        boolean kept = failure.code() == FailureCode.INVALID_REQUEST && answered >= 400 && answered < 500;
        return kept ? answered : failure.code().status();
    }

    private static Failure memory(String said) {
        Failure failure = Failure.of(FailureCode.INSUFFICIENT_MEMORY, said);
        Matcher required = REQUIRED.matcher(said);
        return required.find()
                ? failure.with("requiredBytes", (long) (Double.parseDouble(required.group(1)) * 1e9))
                : failure;
    }

    private static String cut(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
