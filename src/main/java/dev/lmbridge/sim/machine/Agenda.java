package dev.lmbridge.sim.machine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What will happen later. Entries with the same time run in the order they were made. Belongs to one thread.
 *
 * <p>An entry that is taken back stays where it is until its turn comes, because to search the queue for it would cost more than all
 * the rest when thousands of requests wait. When more than half of the queue is of that kind, it is swept.
 */
public final class Agenda {
    private static final int SWEEP_FROM = 64;

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparing(Entry::due).thenComparingLong(Entry::number));
    private final InstantSource clock;
    private Runnable whenChanged = () -> {};
    private long lastNumber;
    private int cancelled;

    Agenda(InstantSource clock) {
        this.clock = clock;
    }

    /** An entry that can be taken back as long as it has not run. */
    public final class Entry {
        private final Instant due;
        private final long number;
        private Runnable action;
        private boolean waiting = true;

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

        /** Nothing happens when it has run already. */
        public void cancel() {
            if (waiting) {
                waiting = false;
                action = Agenda::nothing;
                cancelled++;
                if (cancelled >= SWEEP_FROM && cancelled > entries.size() / 2) {
                    entries.removeIf(entry -> !entry.waiting);
                    cancelled = 0;
                }
            }
        }
    }

    public Instant now() {
        return clock.instant();
    }

    public Entry at(Instant due, Runnable action) {
        Entry entry = new Entry(due, ++lastNumber, action);
        entries.add(entry);
        if (first() == entry) {
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
        return Optional.ofNullable(first()).map(Entry::due);
    }

    /** Tells the shell that {@link #nextDue} became earlier, so that it can set its timer anew. */
    public void whenChanged(Runnable listener) {
        whenChanged = listener;
    }

    /** Runs all that is due by now. What an action adds for now runs in the same call. */
    public void runDue() {
        Instant now = clock.instant();
        for (Entry next = first(); next != null && !next.due().isAfter(now); next = first()) {
            entries.poll();
            next.waiting = false;
            next.action.run();
        }
    }

    /** How many entries are held, those included that were taken back and not swept yet. */
    int size() {
        return entries.size();
    }

    /** What is taken back must not hold on to what it would have done. */
    private static void nothing() {}

    private @Nullable Entry first() {
        Entry head = entries.peek();
        while (head != null && !head.waiting) {
            entries.poll();
            cancelled--;
            head = entries.peek();
        }
        return head;
    }
}
