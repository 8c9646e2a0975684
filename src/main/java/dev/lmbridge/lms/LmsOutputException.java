package dev.lmbridge.lms;

/** {@code lms} printed something else than the document it was asked for. */
public final class LmsOutputException extends Exception {
    private static final long serialVersionUID = 1L;

    LmsOutputException(String message) {
        super(message);
    }
}
