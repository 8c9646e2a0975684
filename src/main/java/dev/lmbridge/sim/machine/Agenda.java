package dev.lmbridge.sim.machine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/** What will happen later. Entries with the same time run in the order they were made. Belongs to one thread. */
public final class Agenda {
    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparing(Entry::due).thenComparingLong(Entry::number));
    private final InstantSource clock;
    private Runnable whenChanged = () -> {};
    private long lastNumber;

    Agenda(InstantSource clock) {
        this.clock = clock;
    }

    /** An entry that can be taken back as long as it has not run. */
    public final class Entry {
        private final Instant due;
        private final long number;
        private final Runnable action;

        private Entry(Instant due, long number, Runnable action) {
            this.due = due;
            this.number = number;
            this.action = action;
        }

        Instant due() {
            return due;
        }

        long number() {
            return number;
        }

        public void cancel() {
            entries.remove(this);
        }
    }

    public Instant now() {
        return clock.instant();
    }

    public Entry at(Instant due, Runnable action) {
        Entry entry = new Entry(due, ++lastNumber, action);
        entries.add(entry);
        if (entries.peek() == entry) {
            whenChanged.run();
        }
        return entry;
    }

    public Entry in(Duration delay, Runnable action) {
        return at(clock.instant().plus(delay), action);
    }

    /** Runs the action at the next {@link #runDue}, never inside this call. */
    public Entry soon(Runnable action) {
        return at(clock.instant(), action);
    }

    /** When {@link #runDue} has something to do next. */
    public Optional<Instant> nextDue() {
        return Optional.ofNullable(entries.peek()).map(Entry::due);
    }

    /** Tells the shell that {@link #nextDue} became earlier, so that it can set its timer anew. */
    public void whenChanged(Runnable listener) {
        whenChanged = listener;
    }

    /** Runs all that is due by now. What an action adds for now runs in the same call. */
    public void runDue() {
        Instant now = clock.instant();
        for (Entry next = entries.peek(); next != null && !next.due().isAfter(now); next = entries.peek()) {
            entries.remove(next);
            next.action.run();
        }
    }
}
