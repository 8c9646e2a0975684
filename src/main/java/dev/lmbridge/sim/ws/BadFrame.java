package dev.lmbridge.sim.ws;

import java.io.Serial;

/** A frame that the protocol does not allow; the reason names the field and what it should have been. */
final class BadFrame extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String reason;

    BadFrame(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
