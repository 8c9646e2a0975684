package dev.lmbridge.host;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.ModelKey;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one host and under way on it.
 *
 * @param reach whether it answers; when it does not, why
 * @param observedAt when the look began that the rest was last confirmed by; null before the first
 * @param looking whether a look is under way
 * @param lookAt when the next look is due
 * @param readingRows whether {@code lms ps} is under way
 * @param rowsAt when it may be asked again
 * @param instances by identifier, in the order in which they were first seen
 * @param running the operation under way
 * @param queue the operations that wait, next one first
 * @param undecided requests that wait for the look under way
 * @param doubts loads that were ended by force, by the model they loaded
 * @param draining whether it is out of use: no load is begun then
 * @param random the next number of the sequence that waits vary by
 * @param numbers the highest number ever given to, or seen of, an instance of each key
 */
public record HostState(
        Reach reach,
        String unreachableBecause,
        @Nullable Instant observedAt,
        boolean looking,
        Instant lookAt,
        boolean readingRows,
        Instant rowsAt,
        Catalog catalog,
        Map<String, Instance> instances,
        @Nullable Operation running,
        List<Operation> queue,
        List<HostEvent> undecided,
        Map<ModelKey, Integer> numbers,
        Map<ModelKey, Doubt> doubts,
        Breakers breakers,
        Holds holds,
        Memory memory,
        Watch watch,
        long random,
        long nextOperation,
        boolean draining,
        boolean stopping) {

    /** Whether a host answers. */
    public enum Reach {
        UNKNOWN,
        UP,
        DOWN
    }

    public HostState {
        instances = Collections.unmodifiableMap(new LinkedHashMap<>(instances));
        queue = List.copyOf(queue);
        undecided = List.copyOf(undecided);
        numbers = Map.copyOf(numbers);
        doubts = Map.copyOf(doubts);
    }

    /** Nothing is known yet; the first look is due at once. */
    public static HostState initial(Instant now) {
        return initial(now, now.toEpochMilli(), Map.of());
    }

    /**
     * As {@link #initial(Instant)}.
     *
     * @param seed decides by how much waits vary
     * @param doubts loads that a run before has begun and that may still go on
     */
    public static HostState initial(Instant now, long seed, Map<ModelKey, Doubt> doubts) {
        return initial(now, seed, doubts, Holds.NONE);
    }

    /**
     * As {@link #initial(Instant, long, Map)}.
     *
     * @param holds what is to be in memory from the beginning
     */
    public static HostState initial(Instant now, long seed, Map<ModelKey, Doubt> doubts, Holds holds) {
        return new HostState(
                Reach.UNKNOWN,
                "it was not asked yet",
                null,
                false,
                now,
                false,
                now,
                Catalog.EMPTY,
                Map.of(),
                null,
                List.of(),
                List.of(),
                Map.of(),
                doubts,
                Breakers.CLOSED,
                holds,
                Memory.UNKNOWN,
                Watch.BEGUN,
                seed,
                1,
                false,
                false);
    }
}
