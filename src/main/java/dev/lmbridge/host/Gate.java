package dev.lmbridge.host;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests that use an instance, remembers how long it is wanted, and shuts requests out before an unload.
 *
 * <p>This is the one thing that several threads touch: any event loop admits requests, while the host's own thread closes.
 * All of it lives in a single word (the sign bit says closed, the lowest 24 bits count, the rest are the TTL), so that there is no moment
 * in which a request has been admitted and not yet been counted, and none in which two that enter at once undo each other's TTL.
 */
public final class Gate {
    private static final long CLOSED = Long.MIN_VALUE;
    private static final int COUNT_BITS = 24;
    private static final long COUNT = (1L << COUNT_BITS) - 1;
    private static final long LONGEST = Long.MAX_VALUE >>> COUNT_BITS;

    private final AtomicLong word = new AtomicLong();

    /** Counts one more user, unless the gate is closed. Whoever got {@code true} must {@link #leave()} once. */
    public boolean tryEnter() {
        long seen = word.get();
        while (seen >= 0) {
            if (word.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = word.get();
        }
        return false;
    }

    /** As {@link #tryEnter()}. The first one inside sets the TTL, in milliseconds; those who come while others are inside only raise it. */
    public boolean tryEnter(long ttlMillis) {
        long wanted = shifted(ttlMillis);
        long seen = word.get();
        while (seen >= 0) {
            long inside = seen & COUNT;
            long ttl = inside == 0 ? wanted : Math.max(wanted, seen - inside);
            if (word.compareAndSet(seen, ttl | (inside + 1))) {
                return true;
            }
            seen = word.get();
        }
        return false;
    }

    /** Raises the TTL; one that is longer stays. */
    void raise(long ttlMillis) {
        long wanted = shifted(ttlMillis);
        word.getAndUpdate(seen -> (seen & ~(LONGEST << COUNT_BITS)) | Math.max(wanted, seen & (LONGEST << COUNT_BITS)));
    }

    /** The TTL in force, in milliseconds. */
    long ttlMillis() {
        return (word.get() & ~CLOSED) >>> COUNT_BITS;
    }

    private static long shifted(long ttlMillis) {
        return Math.clamp(ttlMillis, 0, LONGEST) << COUNT_BITS;
    }

    /** Counts one user less. */
    public void leave() {
        if ((word.getAndDecrement() & COUNT) == 0) {
            word.incrementAndGet();
            throw new IllegalStateException("left a gate more often than it was entered");
        }
    }

    /** Closes the gate only if nobody is inside: from then on {@link #tryEnter()} refuses. */
    public boolean closeIfIdle() {
        long seen = word.get();
        while ((seen & COUNT) == 0) {
            if (word.compareAndSet(seen, seen | CLOSED)) {
                return true;
            }
            seen = word.get();
        }
        return false;
    }

    /** Closes the gate whoever is inside. They keep their count until they leave. */
    public void close() {
        word.getAndUpdate(seen -> seen | CLOSED);
    }

    /** Opens the gate again, after an unload that did not happen. */
    public void reopen() {
        word.getAndUpdate(seen -> seen & ~CLOSED);
    }

    public boolean isClosed() {
        return word.get() < 0;
    }

    /** How many are inside. */
    public int inFlight() {
        return (int) (word.get() & COUNT);
    }
}
