package dev.lmbridge.host;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Who uses an instance now, and when it was last used. Shared by all threads of a node. */
public final class Usage {
    private static final long NEVER = Long.MIN_VALUE;

    private final Gate gate = new Gate();
    private final InstantSource clock;

    /** In milliseconds since the epoch: an object for each request would be garbage for each request. */
    private volatile long lastUsed = NEVER;

    private volatile int parallel;

    /** Written for each piece of an answer: nothing else is ordered by it. */
    private final AtomicLong seenAlive = new AtomicLong(NEVER);

    public Usage(InstantSource clock) {
        this.clock = clock;
    }

    boolean enter() {
        return gate.tryEnter();
    }

    void leave() {
        // The idle clock starts when the last byte has left: stamp first, so that nobody sees an idle gate with an old
        // stamp.
        lastUsed = clock.millis();
        gate.leave();
    }

    void alive(Instant now) {
        seenAlive.setOpaque(now.toEpochMilli());
    }

    /** When it last answered a request of this node, to the millisecond; null if it has not. */
    public @Nullable Instant seenAlive() {
        long seen = seenAlive.getOpaque();
        return seen == NEVER ? null : Instant.ofEpochMilli(seen);
    }

    Gate gate() {
        return gate;
    }

    /** The host has told how many requests the instance works on at a time; 0 says nothing new. */
    void told(int requests) {
        if (requests > 0) {
            parallel = requests;
        }
    }

    /** How many requests the host works on at a time; 0 if it has not told. */
    public int parallel() {
        return parallel;
    }

    /** When the last request left, to the millisecond; null before the first one. */
    public @Nullable Instant lastUsed() {
        long seen = lastUsed;
        return seen == NEVER ? null : Instant.ofEpochMilli(seen);
    }
}
