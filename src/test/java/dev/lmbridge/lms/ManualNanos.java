package dev.lmbridge.lms;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that stands still until it is told to go, and knows how often it was read. */
final class ManualNanos implements LongSupplier {
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();

    @Override
    public long getAsLong() {
        reads.incrementAndGet();
        return now.get();
    }

    void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    void awaitReads(int more) {
        long until = reads.get() + more;
        Machine.await(() -> reads.get() >= until);
    }
}
