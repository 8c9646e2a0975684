package dev.lmbridge.events;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest events of this node, in bounded memory. Any thread may append and read.
 *
 * <p>Nothing is pushed: whoever follows is woken and then reads on from where it is, at its own pace. So a slow follower costs
 * no memory; the ring goes on without it, and it finds that it has lost something.
 *
 * <p>A cursor names the run of the node as well as a place in it. Numbers start anew with each run, so one from before a restart
 * must not be taken for a place of now.
 */
public final class EventLog {
    /** How many events are kept. */
    public static final int CAPACITY = 4_096;

    private final String node;
    private final String run;
    private final InstantSource clock;
    private final @Nullable Event[] ring = new Event[CAPACITY];
    private final Set<Runnable> followers = ConcurrentHashMap.newKeySet();
    private long last;

    public EventLog(String node, InstantSource clock) {
        this(node, clock, UUID.randomUUID().toString().substring(0, 13).replace("-", ""));
    }

    /** @param run tells this run of the node from every other; letters and digits */
    EventLog(String node, InstantSource clock, String run) {
        this.node = node;
        this.clock = clock;
        this.run = run;
    }

    public String node() {
        return node;
    }

    public void append(News news) {
        synchronized (ring) {
            long number = ++last;
            ring[slot(number)] =
                    new Event(number, cursor(number), node, clock.instant(), news.topics(), news.name(), news.facts());
        }
        followers.forEach(Runnable::run);
    }

    /** Calls {@code wake} after each event, on the thread that appends it: it must be quick. The answer ends that. */
    public Runnable follow(Runnable wake) {
        followers.add(wake);
        return () -> followers.remove(wake);
    }

    /** The number of the latest event; 0 before the first. */
    public long last() {
        synchronized (ring) {
            return last;
        }
    }

    /** The cursor of the place right after an event. */
    public String cursor(long number) {
        return run + "." + number;
    }

    /** The number that a cursor stands for; empty if not all that came after it is still there, or it is none of this run. */
    public OptionalLong placeOf(String cursor) {
        if (!cursor.startsWith(run + ".")) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(cursor, run.length() + 1, cursor.length(), 10);
            return number <= last() && holdsAllAfter(number) ? OptionalLong.of(number) : OptionalLong.empty();
        } catch (NumberFormatException madeUp) {
            return OptionalLong.empty();
        }
    }

    /** Whether everything since {@code number} is still there. */
    public boolean holdsAllAfter(long number) {
        synchronized (ring) {
            return number >= 0 && number >= last - CAPACITY;
        }
    }

    /** The events right after {@code number}, oldest first, at most so many; those that are gone are left out. */
    public List<Event> after(long number, int most) {
        List<Event> found = new ArrayList<>();
        synchronized (ring) {
            long from = Math.max(number, last - CAPACITY) + 1;
            for (long each = from; each <= last && found.size() < most; each++) {
                found.add(Objects.requireNonNull(ring[slot(each)]));
            }
        }
        return found;
    }

    private static int slot(long number) {
        return (int) (number % CAPACITY);
    }
}
