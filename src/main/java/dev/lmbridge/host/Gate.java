package dev.lmbridge.host;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests that use an instance, and shuts them out before an unload.
 *
 * <p>This is the one thing that several threads touch: any event loop admits requests, while the host's own thread closes.
 * Both facts live in a single word (the sign bit says closed, the rest counts), so that there is no moment in which a
 * request has been admitted and not yet been counted.
 */
public final class Gate {
    private static final long CLOSED = Long.MIN_VALUE;

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

    /** Counts one user less. */
    public void leave() {
        long left = word.decrementAndGet();
        if ((left & ~CLOSED) == ~CLOSED) {
            word.incrementAndGet();
            throw new IllegalStateException("left a gate more often than it was entered");
        }
    }

    /** Closes the gate only if nobody is inside: from then on {@link #tryEnter()} refuses. */
    public boolean closeIfIdle() {
        long seen = word.compareAndExchange(0, CLOSED);
        return seen == 0 || seen == CLOSED;
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
        return (int) Math.min(Integer.MAX_VALUE, word.get() & ~CLOSED);
    }
}
