package dev.lmbridge.failure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The stable codes of failures. A code decides the HTTP status and the title; it is also a label in metrics and logs. */
public enum FailureCode {
    INVALID_REQUEST(400, "The request is malformed"),
    INVALID_MODEL_NAME(400, "The model name is malformed"),
    CONTEXT_LENGTH_EXCEEDED(400, "The prompt does not fit the model's context"),
    UNAUTHORIZED(401, "A valid key is needed"),
    FORBIDDEN(403, "The request is not allowed"),
    NOT_FOUND(404, "There is nothing here"),
    MODEL_NOT_FOUND(404, "No such model"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    MODEL_BUSY(409, "The model is in use"),
    CONFLICT(409, "The request contradicts an earlier one"),
    PAYLOAD_TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The media type is not supported"),
    RATE_LIMITED(429, "Too many requests"),
    INTERNAL(500, "Something went wrong in the bridge"),
    NOT_SUPPORTED_BY_HOST(501, "The host cannot do this"),
    MODEL_LOAD_FAILED(502, "The model could not be loaded"),
    MODEL_VERIFICATION_FAILED(502, "The model was reported loaded but never appeared"),
    WRONG_MODEL(502, "Another model answered"),
    UPSTREAM_ERROR(502, "The host failed"),
    INSUFFICIENT_MEMORY(503, "The model does not fit into memory"),
    CIRCUIT_OPEN(503, "Too many failures in a row"),
    QUEUE_FULL(503, "Too many operations are waiting"),
    QUEUE_TIMEOUT(503, "The wait in the queue took too long"),
    HOST_UNAVAILABLE(503, "The host does not answer"),
    LMS_NOT_INSTALLED(503, "The lms command was not found"),
    STORE_UNAVAILABLE(503, "The store does not answer"),
    SHUTTING_DOWN(503, "The bridge is shutting down"),
    UPSTREAM_TIMEOUT(504, "The host took too long");

    private final int status;
    private final String title;
    private final String text = name().toLowerCase(Locale.ROOT);

    FailureCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status that carries this failure while a status can still be sent. */
    public int status() {
        return status;
    }

    /** A short sentence that is the same for every failure of this code (RFC 9457 {@code title}). */
    public String title() {
        return title;
    }

    /** The code as clients see it, for example {@code model_not_found}. */
    public String text() {
        return text;
    }

    public static Optional<FailureCode> of(String text) {
        return Arrays.stream(values()).filter(code -> code.text.equals(text)).findFirst();
    }
}
