package dev.lmbridge.loader;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.lms.LmsFailure;
import java.time.Duration;

/** What a failed call of {@code lms} means to whoever asked for it. */
final class LmsVerdicts {
    private static final Duration HOST_RETRY = Duration.ofSeconds(5);

    private LmsVerdicts() {}

    /** A failed load or unload of {@code model}. */
    static Failure of(LmsFailure failure, String model) {
        return switch (failure.kind()) {
            case NOT_INSTALLED -> notInstalled(failure.said());
            case NOT_EXECUTABLE, CANNOT_START ->
                Failure.of(FailureCode.LMS_NOT_INSTALLED, "The lms command could not be started: " + failure.said());
            case HOST_DOWN ->
                Failure.of(FailureCode.HOST_UNAVAILABLE, "lms said: " + failure.said())
                        .withRetryAfter(HOST_RETRY);
            case MODEL_NOT_FOUND -> Failure.of(FailureCode.MODEL_NOT_FOUND, "lms said: " + failure.said());
            case INSUFFICIENT_MEMORY -> memory(failure, model);
            case TIMED_OUT -> loadFailed(model, "lms did not finish in time and was ended.", "timeout", failure);
            case CANCELLED -> loadFailed(model, "The call of lms was ended.", "cancelled", failure);
            case KILLED -> loadFailed(model, "The call of lms was killed.", "killed", failure);
            case IDENTIFIER_TAKEN -> loadFailed(model, "Its identifier is taken.", "identifier_taken", failure);
            case RACED -> loadFailed(model, "An instance vanished in the middle.", "raced", failure);
            case UNKNOWN_OPTION, USAGE ->
                loadFailed(model, "This version of lms does not take our arguments.", "unsupported_lms", failure);
            case KEY_FILE_MISSING ->
                loadFailed(
                        model,
                        "lms cannot read LM Studio's key file; set hosts[].home to the home of LM Studio's user.",
                        "key_file",
                        failure);
            case ENGINE, BAD_OUTPUT -> loadFailed(model, "LM Studio refused.", "lms_failed", failure);
        };
    }

    /** A failed unload: what hinders any call of lms is said as for a load, the rest is the host's failure. */
    static Failure ofUnload(LmsFailure failure, String identifier) {
        Failure verdict = of(failure, identifier);
        return verdict.code() != FailureCode.MODEL_LOAD_FAILED
                ? verdict
                : Failure.of(
                                FailureCode.UPSTREAM_ERROR,
                                "'" + identifier + "' could not be unloaded. lms said: " + failure.said())
                        .with("reason", String.valueOf(verdict.more().get("reason")));
    }

    static Failure notInstalled(String said) {
        return Failure.of(
                FailureCode.LMS_NOT_INSTALLED,
                "The lms command was not found; install LM Studio, or set hosts[].lms to its path. " + said);
    }

    private static Failure memory(LmsFailure failure, String model) {
        Failure refused = Failure.of(
                        FailureCode.INSUFFICIENT_MEMORY,
                        "'" + model + "' does not fit into the host's memory. LM Studio said: " + failure.said())
                .with("model", model);
        Long required = failure.requiredBytes();
        return required == null ? refused : refused.with("requiredBytes", required);
    }

    private static Failure loadFailed(String model, String what, String reason, LmsFailure failure) {
        return Failure.of(FailureCode.MODEL_LOAD_FAILED, "'" + model + "': " + what + " lms said: " + failure.said())
                .with("reason", reason)
                .with("lms", failure.said())
                .with("model", model);
    }
}
