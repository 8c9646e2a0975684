package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who uses an instance now, when it was last used, and how long it is wanted after that: the bridge's own idle clock. Shared by all
 * threads of a node.
 */
public final class Usage {
    private static final long NEVER = Long.MIN_VALUE;

    private final Gate gate = new Gate();
    private final InstantSource clock;

    /** In milliseconds since the epoch: an object for each request would be garbage for each request. */
    private volatile long lastUsed = NEVER;

    private volatile int parallel;

    /** Written for each piece of an answer: nothing else is ordered by it. */
    private final AtomicLong seenAlive = new AtomicLong(NEVER);

    /** Likewise in milliseconds; only the host's own thread writes it. */
    private volatile long touched;

    /** As long wanted as models usually are. */
    public Usage(InstantSource clock) {
        this(clock, HostPolicy.Keeping.USUAL.standard());
    }

    /** Its idle clock starts now. */
    Usage(InstantSource clock, Duration ttl) {
        this.clock = clock;
        touched = clock.millis();
        gate.raise(ttl.toMillis());
    }

    boolean enter() {
        return gate.tryEnter();
    }

    boolean enter(long ttlMillis) {
        return gate.tryEnter(ttlMillis);
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

    /** Somebody was told that it is there, and may use it for so long. */
    void touch(Instant when, Duration ttl) {
        touched = Math.max(touched, when.toEpochMilli());
        gate.raise(ttl.toMillis());
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

    /** How long after its last use it is let go: the longest that was asked for since it was last idle. */
    public Duration ttl() {
        return Duration.ofMillis(gate.ttlMillis());
    }

    /** When its TTL is over if nobody uses it any more. What is in use is not idle. */
    public Instant idleEnd(Instant now) {
        Instant since = gate.inFlight() > 0 ? now : Instant.ofEpochMilli(Math.max(lastUsed, touched));
        return since.plusMillis(gate.ttlMillis());
    }
}
