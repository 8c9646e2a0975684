package dev.lmbridge.host;

import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to happen, by true time; and the clock on the wall, which people set. */
final class Agenda {
    private record Due(Instant at, long order, Runnable what) {}

    private final ManualClock truth = new ManualClock();
    private final PriorityQueue<Due> dues =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private Duration set = Duration.ZERO;
    private long order;

    Instant now() {
        return truth.instant();
    }

    InstantSource wall() {
        return () -> truth.instant().plus(set);
    }

    void setWall(Duration by) {
        set = set.plus(by);
    }

    void in(long millis, Runnable what) {
        at(now().plusMillis(millis), what);
    }

    void at(Instant when, Runnable what) {
        dues.add(new Due(when.isBefore(now()) ? now() : when, order++, what));
    }

    boolean hasAnyBefore(Instant end) {
        Due next = dues.peek();
        return next != null && !next.at().isAfter(end);
    }

    void next() {
        Due due = dues.remove();
        truth.set(due.at());
        due.what().run();
    }
}
