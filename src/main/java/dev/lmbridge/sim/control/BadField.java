package dev.lmbridge.sim.control;

import java.io.Serial;

/** A field of a request to the control endpoint that cannot be taken; the message names it and what it can be. */
final class BadField extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    BadField(String sentence) {
        super(sentence);
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
