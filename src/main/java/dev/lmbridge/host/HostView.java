package dev.lmbridge.host;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every thread of a node may know of a host: immutable, replaced as a whole after each step. The instances in it carry
 * their living gates.
 *
 * @param waiting the operations that run and wait, in order
 * @param room the sum of its memory; null before the first step
 * @param findings what is not as it should be, the oldest first
 */
public record HostView(
        HostState.Reach reach,
        String unreachableBecause,
        @Nullable Instant observedAt,
        Catalog catalog,
        Map<String, Instance> instances,
        List<Waiting> waiting,
        Breakers breakers,
        @Nullable Room room,
        List<Finding> findings,
        Holds holds) {

    private static final Comparator<Finding> OLDEST_FIRST =
            Comparator.comparing(Finding::since).thenComparing(Finding::kind).thenComparing(Finding::subject);

    /**
     * An operation as outsiders see it.
     *
     * @param position 0 for the one under way
     * @param percent how far a load is, -1 if that is not known
     */
    public record Waiting(String operation, ModelKey model, int position, int percent, int callers) {}

    /** What outsiders may see of a state. */
    public static HostView of(HostState state) {
        return of(state, null);
    }

    /** The same with the sum of its memory. */
    static HostView of(HostState state, @Nullable Room room) {
        List<Waiting> waiting = new ArrayList<>();
        if (state.running() != null) {
            waiting.add(waiting(state.running(), 0));
        }
        for (Operation operation : state.queue()) {
            waiting.add(waiting(operation, waiting.size() + (state.running() == null ? 1 : 0)));
        }
        return new HostView(
                state.reach(),
                state.unreachableBecause(),
                state.observedAt(),
                state.catalog(),
                state.instances(),
                List.copyOf(waiting),
                state.breakers(),
                room,
                findings(state),
                state.holds());
    }

    private static Waiting waiting(Operation operation, int position) {
        return switch (operation) {
            case Operation.Load load ->
                new Waiting(
                        "load",
                        load.key(),
                        position,
                        load.percent(),
                        load.callers().size());
            case Operation.Unload unload ->
                new Waiting(
                        "unload", unload.key(), position, -1, unload.callers().size());
        };
    }

    private static List<Finding> findings(HostState state) {
        Map<Finding.Id, Finding> found = state.watch().findings();
        if (found.size() < 2) {
            return List.copyOf(found.values());
        }
        List<Finding> sorted = new ArrayList<>(found.values());
        sorted.sort(OLDEST_FIRST);
        return List.copyOf(sorted);
    }

    /** Whether the host was seen within {@code age} of {@code now}. */
    public boolean isFresh(Instant now, Duration age) {
        Instant seen = observedAt;
        return reach == HostState.Reach.UP && seen != null && !seen.plus(age).isBefore(now);
    }

    /** A loaded instance that {@code name} stands for and whose context is large enough. */
    public Optional<Instance> instanceFor(String name, @Nullable Integer contextLength) {
        return Selection.choose(instances.values(), name, contextLength);
    }

    /** The memory that models take, as far as is known. */
    public MemoryFigures memory() {
        Room sum = room;
        return sum == null ? new MemoryFigures(null, 0, 0, null) : sum.figures();
    }

    /** What a load would take now; empty before the host was first seen. */
    public Optional<MemoryPlan> planFor(ModelKey key, @Nullable Integer contextLength, Instant now) {
        return Optional.ofNullable(room).map(sum -> sum.plan(key, contextLength, now));
    }

    /** Whether {@code name} is a catalogue key or the identifier of an instance here. */
    public boolean knows(String name) {
        return instances.containsKey(name) || catalog.find(name).isPresent();
    }
}
