package dev.lmbridge.gateway;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The places at one instance: so many requests at a time, the others in one line, first come, first served.
 *
 * <p>Several event loops come and go here. Both counts live in a single word (who works in the lower half, who waits in the
 * upper), so that entering and leaving are one exchange each while nobody waits. The lock is for the line alone. Who comes
 * while somebody waits joins the line even if a place has just become free, so nobody overtakes.
 */
final class Slots {
    /** Somebody in the line. It is told once, by the thread that left the place. */
    interface Waiter {
        void admitted();
    }

    /** What became of a request. */
    enum Entry {
        ADMITTED,
        WAITS,
        FULL
    }

    private static final long ONE_WAITING = 1L << 32;

    private final AtomicLong word = new AtomicLong();
    private final int capacity;
    private volatile int width;
    private final AtomicBoolean crashed = new AtomicBoolean();

    /** Changed under the lock of this object, together with the upper half of the word. */
    private final ArrayDeque<Waiter> line = new ArrayDeque<>();

    /**
     * Places.
     *
     * @param width how many work at a time, at least one
     * @param capacity how many may wait
     */
    Slots(int width, int capacity) {
        this.width = Math.max(1, width);
        this.capacity = capacity;
    }

    /** Takes a place, or one in the line. Who got a place must {@link #leave()} once; who waits may {@link #withdraw}. */
    Entry enter(Waiter waiter) {
        return takeFree() ? Entry.ADMITTED : queue(waiter);
    }

    private boolean takeFree() {
        long seen = word.get();
        while (waiting(seen) == 0 && working(seen) < width) {
            if (word.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = word.get();
        }
        return false;
    }

    private synchronized Entry queue(Waiter waiter) {
        while (!takeFree()) {
            long seen = word.get();
            if (waiting(seen) >= capacity) {
                return Entry.FULL;
            }
            // Fails if somebody has left since: then the place may be free.
            if ((waiting(seen) > 0 || working(seen) >= width) && word.compareAndSet(seen, seen + ONE_WAITING)) {
                line.add(waiter);
                return Entry.WAITS;
            }
        }
        return Entry.ADMITTED;
    }

    /** Gives a place back: to the first in the line, if there is one. */
    void leave() {
        long seen = word.get();
        while (waiting(seen) == 0) {
            if (working(seen) == 0) {
                throw new IllegalStateException("a place was given back more often than it was taken");
            }
            if (word.compareAndSet(seen, seen - 1)) {
                return;
            }
            seen = word.get();
        }
        synchronized (this) {
            word.decrementAndGet();
        }
        admitWaiting();
    }

    /**
     * Leaves the line.
     *
     * @return false if the waiter had a place already, or did not wait
     */
    boolean withdraw(Waiter waiter) {
        synchronized (this) {
            if (!line.remove(waiter)) {
                return false;
            }
            word.addAndGet(-ONE_WAITING);
        }
        return true;
    }

    /** How many work at a time from now on. Who works already stays. */
    void resize(int requests) {
        int wanted = Math.max(1, requests);
        if (width != wanted) {
            width = wanted;
            admitWaiting();
        }
    }

    private void admitWaiting() {
        for (Waiter next = nextIn(); next != null; next = nextIn()) {
            next.admitted();
        }
    }

    private synchronized @Nullable Waiter nextIn() {
        if (line.isEmpty() || working(word.get()) >= width) {
            return null;
        }
        word.addAndGet(1 - ONE_WAITING);
        return line.poll();
    }

    /** The instance has crashed: true for the first of those who worked there to tell it. */
    boolean noteCrash() {
        return crashed.compareAndSet(false, true);
    }

    int width() {
        return width;
    }

    int working() {
        return working(word.get());
    }

    int waiting() {
        return waiting(word.get());
    }

    private static int working(long word) {
        return (int) word;
    }

    private static int waiting(long word) {
        return (int) (word >>> 32);
    }
}
