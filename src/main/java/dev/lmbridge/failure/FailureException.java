package dev.lmbridge.failure;

import java.io.Serial;

/** Carries a {@link Failure} where Java wants a throwable. It has no stack trace: an expected outcome needs none. */
public final class FailureException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    public FailureException(Failure failure) {
        super(failure.code().text() + ": " + failure.detail(), null, false, false);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
