package dev.lmbridge.failure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An expected way for a request to end without its answer.
 *
 * @param code what kind of failure it is
 * @param detail one sentence for a person, with what to do about it where that is known; never a secret
 * @param errors the fields at fault, for malformed requests
 * @param retryAfter when waiting helps: how long
 * @param available for an unknown model: the names there are, nearest first
 * @param more further facts for programs, such as {@code reason} or {@code requiredBytes}; values are strings, numbers or
 *     booleans
 */
public record Failure(
        FailureCode code,
        String detail,
        List<FieldError> errors,
        @Nullable Duration retryAfter,
        List<String> available,
        Map<String, Object> more) {

    public Failure {
        errors = List.copyOf(errors);
        available = List.copyOf(available);
        more = Map.copyOf(more);
    }

    public static Failure of(FailureCode code, String detail) {
        return new Failure(code, detail, List.of(), null, List.of(), Map.of());
    }

    /** A malformed request: every fault that was found, so that one correction is enough. */
    public static Failure invalid(List<FieldError> errors) {
        String detail = errors.size() == 1
                ? errors.getFirst().field() + ": " + errors.getFirst().message()
                : errors.size() + " fields are wrong; see errors.";
        return of(FailureCode.INVALID_REQUEST, detail).withErrors(errors);
    }

    public static Failure invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message)));
    }

    public static Failure invalidModelName(String field, String message) {
        return of(FailureCode.INVALID_MODEL_NAME, message).withErrors(List.of(new FieldError(field, message)));
    }

    public static Failure modelNotFound(String name, List<String> nearestFirst) {
        String detail = nearestFirst.isEmpty()
                ? "There is no model '" + name + "', and the host has no other."
                : "There is no model '" + name + "'. The nearest name is '" + nearestFirst.getFirst() + "'.";
        return new Failure(FailureCode.MODEL_NOT_FOUND, detail, List.of(), null, nearestFirst, Map.of());
    }

    public Failure withErrors(List<FieldError> found) {
        return new Failure(code, detail, found, retryAfter, available, more);
    }

    public Failure withRetryAfter(Duration wait) {
        return new Failure(code, detail, errors, wait, available, more);
    }

    public Failure with(String name, Object value) {
        Map<String, Object> extended = new LinkedHashMap<>(more);
        extended.put(name, value);
        return new Failure(code, detail, errors, retryAfter, available, extended);
    }

    public FailureException asException() {
        return new FailureException(this);
    }
}
