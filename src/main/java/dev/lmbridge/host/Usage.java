package dev.lmbridge.host;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Who uses an instance now, and when it was last used. Shared by all threads of a node. */
public final class Usage {
    private final Gate gate = new Gate();
    private final InstantSource clock;
    private volatile @Nullable Instant lastUsed;

    public Usage(InstantSource clock) {
        this.clock = clock;
    }

    boolean enter() {
        return gate.tryEnter();
    }

    void leave() {
        // The idle clock starts when the last byte has left: stamp first, so that nobody sees an idle gate with an old
        // stamp.
        lastUsed = clock.instant();
        gate.leave();
    }

    Gate gate() {
        return gate;
    }

    /** When the last request left; null before the first one. */
    public @Nullable Instant lastUsed() {
        return lastUsed;
    }
}
