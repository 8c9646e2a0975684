package dev.lmbridge.lmstudio;

import java.io.Serial;

/** A host did not answer as LM Studio does. */
public final class HostUnreachable extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final boolean refused;

    HostUnreachable(String why, boolean refused) {
        super(why, null, false, false);
        this.refused = refused;
    }

    /** Whether the connection was refused: then nothing listens there, which a slow answer does not prove. */
    public boolean refused() {
        return refused;
    }
}
