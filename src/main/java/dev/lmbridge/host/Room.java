package dev.lmbridge.host;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sum of a host's memory: who holds how much, what a load needs, and who could go for it. It changes nothing. */
record Room(
        HostPolicy.Fitting fitting,
        Catalog catalog,
        Map<String, Instance> instances,
        Map<ModelKey, Doubt> doubts,
        @Nullable Operation running,
        Memory memory,
        Predicate<ModelKey> kept) {

    /** Weights lie in memory as on disk; what a model computes with comes on top. */
    private static final double LOADED_PER_STORED = 1.1;

    /** A load that fits with so much to spare needs no estimate. */
    private static final double COMFORT = 1.5;

    /** What {@code lms} could not be asked for is asked for at the earliest then; also the pace while nothing else tells the time. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** How soon it is noticed that the last request has left an instance that is to go. */
    private static final Duration NOTICE_EMPTY = Duration.ofMillis(100);

    /** How a load comes to its memory. */
    sealed interface Way {
        /** It fits. */
        record Free() implements Way {}

        /** These go first; nobody uses them. */
        record Evict(List<String> victims) implements Way {}

        /** These go first, as soon as whoever uses them has left. */
        record Drain(List<String> victims, Instant until) implements Way {}

        /** There will be a way later; {@code victims} is what it would be then. */
        record Wait(List<String> victims, Instant until) implements Way {}

        /** It can never fit beside what stays. */
        record None() implements Way {}
    }

    static Room of(Turn turn) {
        return new Room(
                turn.policy.fitting(),
                turn.catalog,
                turn.instances,
                turn.doubts,
                turn.running,
                turn.memory,
                key -> turn.holds.wants(key, turn.now));
    }

    static Room of(HostState state, HostPolicy policy, Instant now) {
        return new Room(
                policy.fitting(),
                state.catalog(),
                state.instances(),
                state.doubts(),
                state.running(),
                state.memory(),
                key -> state.holds().wants(key, now));
    }

    /** The bytes that a load needs, as far as is known. */
    long need(ModelKey key, @Nullable Integer contextLength) {
        Memory.Figure figure = memory.figures().get(new Memory.Need(key, contextLength));
        return figure == null ? (long) (stored(key) * LOADED_PER_STORED) : figure.bytes();
    }

    /** The least that a load can need. */
    long leastNeed(ModelKey key, @Nullable Integer contextLength) {
        Memory.Figure figure = memory.figures().get(new Memory.Need(key, contextLength));
        return figure == null ? stored(key) : figure.bytes();
    }

    private long stored(ModelKey key) {
        return catalog.find(key.value()).map(CatalogModel::sizeBytes).orElse(0L);
    }

    /** Whether the need of a load must be known better than from its size on disk. */
    boolean isTight(ModelKey key) {
        Long budget = fitting.budgetBytes();
        return budget != null && held() + (long) (stored(key) * COMFORT) + fitting.reserveBytes() >= budget;
    }

    long weight(Instance instance) {
        Memory.Weight known = memory.weights().get(instance.identifier());
        if (known != null) {
            return known.bytes();
        }
        return Math.max(need(instance.key(), instance.contextLength()), need(instance.key(), null));
    }

    /** What is in use, or must be taken for it: instances, doubtful loads, and the load under way. */
    long held() {
        long held = 0;
        for (Instance instance : instances.values()) {
            held += weight(instance);
        }
        for (Map.Entry<ModelKey, Doubt> doubt : doubts.entrySet()) {
            if (!instances.containsKey(doubt.getValue().identifier())) {
                held += need(doubt.getKey(), null);
            }
        }
        return running instanceof Operation.Load load && !instances.containsKey(load.identifier())
                ? held + need(load.key(), load.contextLength())
                : held;
    }

    /** How many bytes are missing for one more load of this need; not positive if it fits or no budget is known. */
    long missing(long need) {
        Long budget = fitting.budgetBytes();
        return budget == null ? 0 : held() + need + fitting.reserveBytes() - budget;
    }

    /** What could be made free for a load at most; null without a budget. */
    @Nullable
    Long available() {
        Long budget = fitting.budgetBytes();
        return budget == null ? null : Math.max(0, budget - fitting.reserveBytes() - fixed());
    }

    /** What is held by instances that stay. */
    private long fixed() {
        return instances.values().stream()
                .filter(instance -> !mayGo(instance))
                .mapToLong(this::weight)
                .sum();
    }

    MemoryFigures figures() {
        Long budget = fitting.budgetBytes();
        long held = held();
        Long free = budget == null ? null : Math.max(0, budget - fitting.reserveBytes() - held);
        return new MemoryFigures(budget, fitting.reserveBytes(), held, free);
    }

    /** Whether an instance may ever make room for another: it is ours to unload, and nothing is to keep it. */
    boolean mayGo(Instance instance) {
        return !instance.foreign() && !kept.test(instance.key());
    }

    /** Everything that may go, now or later. */
    List<Eviction.Candidate> candidates(Instant now) {
        return instances.values().stream()
                .filter(this::mayGo)
                .map(instance -> candidate(instance, now))
                .toList();
    }

    private Eviction.Candidate candidate(Instance instance, Instant now) {
        Memory.Weight known = memory.weights().get(instance.identifier());
        Duration took = known == null ? Duration.ZERO : known.took();
        // Who is being drained is lost to its users already.
        double worth = memory.drained().contains(instance.identifier())
                ? 0
                : Eviction.worth(weight(instance), took, Duration.between(touched(instance), now));
        return new Eviction.Candidate(instance.identifier(), weight(instance), worth);
    }

    private static Instant touched(Instance instance) {
        Instant used = instance.lastUsed();
        return used == null || used.isBefore(instance.loadedAt()) ? instance.loadedAt() : used;
    }

    /** Until when an instance that was loaded not long ago is left to those who use it. */
    private Instant guardedUntil(Instance instance) {
        Instant stays = instance.loadedAt().plus(fitting.residency());
        if (instance.inFlight() > 0) {
            return stays;
        }
        Instant soonAgain = touched(instance).plus(fitting.residency().dividedBy(5));
        return soonAgain.isBefore(stays) ? soonAgain : stays;
    }

    /**
     * How so many bytes become free. What nobody uses goes before what is in use, and what is in use only if that will do; then what was
     * loaded or used just now; then doubts.
     *
     * @param mayDrain whether instances in use may be closed to further requests for it
     */
    Way wayTo(long missing, Instant now, boolean mayDrain) {
        if (missing <= 0) {
            return new Way.Free();
        }
        List<Eviction.Candidate> idle = new ArrayList<>();
        List<Eviction.Candidate> ripe = new ArrayList<>();
        List<Eviction.Candidate> all = new ArrayList<>();
        Instant next = now.plus(LOOK_AGAIN);
        for (Instance instance : instances.values()) {
            if (!mayGo(instance)) {
                continue;
            }
            Eviction.Candidate candidate = candidate(instance, now);
            all.add(candidate);
            Instant spared = memory.spared().getOrDefault(instance.identifier(), Instant.MIN);
            Instant guarded = guardedUntil(instance);
            Instant free = spared.isAfter(guarded) ? spared : guarded;
            if (free.isAfter(now)) {
                next = free.isBefore(next) ? free : next;
                continue;
            }
            ripe.add(candidate);
            if (instance.inFlight() == 0) {
                idle.add(candidate);
            }
        }
        Optional<List<String>> atOnce = identifiers(idle, missing);
        if (atOnce.isPresent()) {
            return new Way.Evict(atOnce.get());
        }
        Optional<List<String>> soon = identifiers(ripe, missing);
        if (soon.isPresent()) {
            return mayDrain
                    ? new Way.Drain(soon.get(), now.plus(NOTICE_EMPTY))
                    : new Way.Wait(soon.get(), now.plus(LOOK_AGAIN));
        }
        Instant later = next;
        return identifiers(all, missing)
                .<Way>map(victims -> new Way.Wait(victims, later))
                .orElseGet(() -> withoutDoubts(all, missing, now));
    }

    private Way withoutDoubts(List<Eviction.Candidate> all, long missing, Instant now) {
        long doubtful = doubts.entrySet().stream()
                .filter(doubt -> !instances.containsKey(doubt.getValue().identifier()))
                .mapToLong(doubt -> need(doubt.getKey(), null))
                .sum();
        Instant until = doubts.values().stream()
                .map(Doubt::until)
                .filter(end -> end.isAfter(now))
                .min(Comparator.naturalOrder())
                .orElse(now.plus(LOOK_AGAIN));
        return identifiers(all, Math.max(0, missing - doubtful))
                .<Way>map(victims -> new Way.Wait(victims, until))
                .orElseGet(Way.None::new);
    }

    private static Optional<List<String>> identifiers(List<Eviction.Candidate> candidates, long missing) {
        return Eviction.choose(candidates, missing)
                .map(chosen ->
                        chosen.stream().map(Eviction.Candidate::identifier).toList());
    }

    /** What a load would take. */
    MemoryPlan plan(ModelKey key, @Nullable Integer contextLength, Instant now) {
        long need = need(key, contextLength);
        MemoryFigures figures = figures();
        Way way = wayTo(missing(need), now, true);
        List<String> victims = switch (way) {
            case Way.Evict evict -> evict.victims();
            case Way.Drain drain -> drain.victims();
            case Way.Wait wait -> wait.victims();
            case Way.Free free -> List.of();
            case Way.None none -> List.of();
        };
        return new MemoryPlan(need, figures.freeBytes(), figures.budgetBytes(), victims, !(way instanceof Way.None));
    }
}
