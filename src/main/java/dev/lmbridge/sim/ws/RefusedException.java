package dev.lmbridge.sim.ws;

import java.io.Serial;

/** Ends a call with an error instead of a result. */
final class RefusedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient WireError error;

    RefusedException(WireError error) {
        super(error.title());
        this.error = error;
    }

    WireError error() {
        return error;
    }
}
