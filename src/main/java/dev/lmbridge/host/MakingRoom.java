package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a load begin when there is memory for it, and sees to it that there will be: by estimates, by unloading what nobody uses, and by
 * closing what is in use to further requests until it can go.
 */
final class MakingRoom {
    /** What no estimate takes longer than: the size on disk will do then. */
    private static final Duration ESTIMATE_WITHIN = Duration.ofSeconds(15);

    /** The process of an estimate is dead by then, and has answered. */
    private static final Duration AFTER_ITS_DEADLINE = Duration.ofSeconds(10);

    /** When an estimate that failed is tried again. */
    private static final Duration ESTIMATE_AGAIN = Duration.ofMinutes(5);

    /** When an instance that did not go is next tried. */
    private static final Duration SPARED_FOR = Duration.ofSeconds(5);

    private static final long MOST_BYTES = 1L << 50;

    /** What became of a load whose turn it is. */
    enum Admission {
        /** It may begin. */
        GO,
        /** It keeps its place. */
        STAY,
        /** It was refused, and is in the queue no longer. */
        GONE
    }

    private MakingRoom() {}

    /** Why a load need not even wait, if so: it can never fit beside what stays. */
    static Optional<Failure> refusal(Turn turn, CatalogModel model, @Nullable Integer contextLength) {
        Room room = Room.of(turn);
        long need = room.leastNeed(model.key(), contextLength);
        Long available = room.available();
        return available == null || need <= available
                ? Optional.empty()
                : Optional.of(insufficient(model.key(), need, available, turn.policy.fitting()));
    }

    /** Decides on the load that is next. It stays in the queue unless it was refused. */
    static Admission admit(Turn turn, Operation.Load load) {
        if (Loads.isThere(turn, load)) {
            // It takes no memory, so that who waits for some goes on waiting.
            return isWaiting(turn, load) ? go(turn) : Admission.GO;
        }
        if (turn.reach == HostState.Reach.DOWN
                || Requests.smallerContext(turn, load.key(), load.contextLength())
                        .or(() -> Breakers.refusal(turn, load.key()))
                        .isPresent()) {
            return go(turn);
        }
        Optional<Instant> estimate = estimate(turn, load);
        if (estimate.isPresent()) {
            return stay(turn, load, Set.of(), estimate.get(), false);
        }
        Room room = Room.of(turn);
        long missing = missing(room, turn, load);
        return switch (room.wayTo(missing, turn.now, !load.callers().isEmpty())) {
            case Room.Way.Free free -> go(turn);
            case Room.Way.Evict evict -> evict(turn, load, evict.victims());
            case Room.Way.None none -> refuse(turn, load, room);
            case Room.Way.Drain drain -> waits(turn, load, room, inUse(turn, drain.victims()), drain.until());
            case Room.Way.Wait wait -> waits(turn, load, room, Set.of(), wait.until());
        };
    }

    private static long missing(Room room, Turn turn, Operation.Load load) {
        long missing = room.missing(room.need(load.key(), load.contextLength()));
        Long ceiling = turn.memory.ceilings().get(load.id());
        return ceiling == null ? missing : Math.max(missing, room.held() - ceiling);
    }

    /** A load before the one that waits may go on first, such as one whose pause is over: nobody is kept out meanwhile. */
    private static Admission go(Turn turn) {
        if (turn.memory.waiting() != null) {
            reopen(turn, Set.of());
            turn.memory = turn.memory.waiting(null);
        }
        return Admission.GO;
    }

    private static boolean isWaiting(Turn turn, Operation.Load load) {
        Memory.Waiting waiting = turn.memory.waiting();
        return waiting != null && waiting.operation() == load.id();
    }

    /** A load that nobody waits for takes what is free, and does not keep others waiting for what is not. */
    private static Admission waits(Turn turn, Operation.Load load, Room room, Set<String> shut, Instant until) {
        if (load.callers().isEmpty()) {
            return refuse(turn, load, room);
        }
        if (load.attempts().started() > 0 && !Loads.canEndInTime(turn, load)) {
            return refuse(turn, load, room);
        }
        boolean told = isTold(turn, load) && turn.memory.drained().containsAll(shut);
        if (!told) {
            turn.tell(new HostNotice.WaitsForMemory(
                    load.key(),
                    room.need(load.key(), load.contextLength()),
                    room.figures().freeBytes(),
                    List.copyOf(shut)));
        }
        return stay(turn, load, shut, until, true);
    }

    private static boolean isTold(Turn turn, Operation.Load load) {
        Memory.Waiting waiting = turn.memory.waiting();
        return waiting != null && waiting.operation() == load.id() && waiting.told();
    }

    private static Admission stay(Turn turn, Operation.Load load, Set<String> shut, Instant until, boolean told) {
        reopen(turn, shut);
        for (String identifier : shut) {
            Instance instance = turn.instances.get(identifier);
            if (instance != null) {
                instance.usage().gate().close();
            }
        }
        turn.memory = turn.memory.draining(shut).waiting(new Memory.Waiting(load.id(), until, told));
        return Admission.STAY;
    }

    /** Those of the victims that somebody uses still, or that are shut for that reason. */
    private static Set<String> inUse(Turn turn, List<String> victims) {
        Set<String> used = new HashSet<>();
        for (String identifier : victims) {
            Instance instance = turn.instances.get(identifier);
            if (instance != null
                    && (instance.inFlight() > 0 || turn.memory.drained().contains(identifier))) {
                used.add(identifier);
            }
        }
        return used;
    }

    private static void reopen(Turn turn, Set<String> except) {
        for (String identifier : turn.memory.drained()) {
            Instance instance = turn.instances.get(identifier);
            if (instance != null && !except.contains(identifier) && !isBeingUnloaded(turn, identifier)) {
                instance.usage().gate().reopen();
            }
        }
        Set<String> left = new HashSet<>(turn.memory.drained());
        left.retainAll(except);
        turn.memory = turn.memory.draining(left);
    }

    private static boolean isBeingUnloaded(Turn turn, String identifier) {
        return turn.running instanceof Operation.Unload unload
                && unload.remaining().contains(identifier);
    }

    /** Begins to unload the first victim. The load keeps its place, and is decided on anew when that is over. */
    private static Admission evict(Turn turn, Operation.Load load, List<String> victims) {
        String identifier = victims.getFirst();
        Instance victim = turn.instances.get(identifier);
        Set<String> shut = new HashSet<>(turn.memory.drained());
        shut.retainAll(victims);
        stay(turn, load, shut, turn.now.plusMillis(1), isTold(turn, load));
        if (victim == null) {
            return Admission.STAY;
        }
        turn.memory = turn.memory.evicting(identifier);
        turn.tell(new HostNotice.MakesRoom(victim.key(), identifier, load.key()));
        Unloads.begin(turn, Operation.Unload.own(turn.nextOperation++, victim, Cause.MEMORY, turn.now));
        settle(turn);
        return Admission.STAY;
    }

    /** Whether a victim is still one, a moment after it was chosen: who needs the room may have left, and somebody may have used it. */
    static boolean mayStillGo(Turn turn, Instance victim) {
        Memory.Waiting waiting = turn.memory.waiting();
        return waiting != null
                && turn.queue.stream()
                        .anyMatch(queued -> queued instanceof Operation.Load load
                                && load.id() == waiting.operation()
                                && needs(turn, load, victim.identifier()));
    }

    private static boolean needs(Turn turn, Operation.Load load, String victim) {
        if (Loads.isThere(turn, load)) {
            return false;
        }
        Room room = Room.of(turn);
        return switch (room.wayTo(missing(room, turn, load), turn.now, true)) {
            case Room.Way.Evict evict -> evict.victims().contains(victim);
            case Room.Way.Drain drain -> drain.victims().contains(victim);
            case Room.Way.Free free -> false;
            case Room.Way.Wait wait -> false;
            case Room.Way.None none -> false;
        };
    }

    private static Admission refuse(Turn turn, Operation.Load load, Room room) {
        go(turn);
        turn.queue.removeIf(queued -> queued.id() == load.id());
        Failure last = load.attempts().last();
        long need = room.need(load.key(), load.contextLength());
        if (load.callers().isEmpty()) {
            turn.tell(new HostNotice.NoRoom(load.key(), need));
        }
        Long available = room.available();
        turn.refuseAll(
                load.callers(),
                last == null
                        ? insufficient(load.key(), need, available == null ? 0 : available, turn.policy.fitting())
                        : withFigures(last, room));
        return Admission.GONE;
    }

    static Failure withFigures(Failure failure, Room room) {
        Object required = failure.more().get("requiredBytes");
        Long available = room.available();
        Failure told = required == null ? failure : failure.with("required", required);
        return available == null || failure.code() != FailureCode.INSUFFICIENT_MEMORY
                ? told
                : told.with("available", available).with("availableBytes", available);
    }

    private static Failure insufficient(ModelKey key, long need, long available, HostPolicy.Fitting fitting) {
        Long budget = fitting.budgetBytes();
        return Failure.of(
                        FailureCode.INSUFFICIENT_MEMORY,
                        "'" + key + "' needs about " + gib(need) + " of memory, and at most " + gib(available)
                                + " can be made free for it on this host: models may take "
                                + gib(budget == null ? 0 : budget)
                                + ", of which " + gib(fitting.reserveBytes())
                                + " stay free, and what is pinned, leased or loaded by others stays loaded."
                                + " Choose a smaller model or context, or raise hosts[].memory.budget.")
                .with("model", key.value())
                .with("required", need)
                .with("available", available)
                .with("requiredBytes", need)
                .with("availableBytes", available);
    }

    static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    /** Until when an estimate is waited for; empty if none is needed. */
    private static Optional<Instant> estimate(Turn turn, Operation.Load load) {
        Memory.Need need = new Memory.Need(load.key(), load.contextLength());
        Memory.Figure known = turn.memory.figures().get(need);
        if ((known != null && known.until().isAfter(turn.now)) || !Room.of(turn).isTight(load.key())) {
            return Optional.empty();
        }
        Memory.Asked asked = turn.memory.asked();
        if (asked == null || !asked.need().equals(need)) {
            Duration deadline = turn.policy.commandTimeout().compareTo(ESTIMATE_WITHIN) < 0
                    ? turn.policy.commandTimeout()
                    : ESTIMATE_WITHIN;
            Instant until = turn.now.plus(deadline).plus(AFTER_ITS_DEADLINE);
            turn.memory = turn.memory.asking(need, until);
            turn.actions.add(new HostAction.Estimate(need.key(), need.contextLength(), deadline));
            return Optional.of(until);
        }
        if (asked.until().isAfter(turn.now)) {
            return Optional.of(asked.until());
        }
        guess(turn, need);
        return Optional.empty();
    }

    /** An estimate has come, or has failed. */
    static void estimated(Turn turn, HostEvent.Estimated estimated) {
        Memory.Need need = new Memory.Need(estimated.key(), estimated.contextLength());
        Long bytes = estimated.bytes();
        if (bytes != null && bytes > 0 && bytes <= MOST_BYTES) {
            turn.memory = turn.memory.learned(need, new Memory.Figure(bytes, Instant.MAX));
        } else {
            guess(turn, need);
        }
    }

    /** The figure that is known, or the size on disk, has to do for a while. */
    private static void guess(Turn turn, Memory.Need need) {
        long bytes = Room.of(turn).need(need.key(), need.contextLength());
        turn.memory = turn.memory.learned(need, new Memory.Figure(bytes, turn.now.plus(ESTIMATE_AGAIN)));
    }

    /** A model was loaded: what it holds, and what its load cost. */
    static void loaded(Turn turn, Operation.Load load) {
        long bytes = Room.of(turn).need(load.key(), load.contextLength());
        Memory.Weight weight = new Memory.Weight(bytes, Duration.between(load.startedAt(), turn.now));
        turn.memory = turn.memory.holding(load.identifier(), weight, turn.instances.keySet());
    }

    /**
     * The host has refused a load that fits by our sum: what it said is learnt, and once for each load what is worth least goes, and the
     * load is tried again.
     *
     * @return whether it is tried again
     */
    static boolean triesAgain(Turn turn, Operation.Load load, Failure failure) {
        if (failure.code() != FailureCode.INSUFFICIENT_MEMORY) {
            return false;
        }
        Long required = failure.more().get("requiredBytes") instanceof Number said ? said.longValue() : null;
        if (required != null && required > 0 && required <= MOST_BYTES) {
            Memory.Need need = new Memory.Need(load.key(), load.contextLength());
            turn.memory = turn.memory.learned(need, new Memory.Figure(required, Instant.MAX));
        }
        Room room = Room.of(turn);
        List<Eviction.Candidate> candidates = room.candidates(turn.now);
        long all = candidates.stream().mapToLong(Eviction.Candidate::bytes).sum();
        if (all == 0
                || turn.stopping
                || !load.isWanted()
                || turn.memory.ceilings().containsKey(load.id())
                || !Loads.canEndInTime(turn, load)) {
            return false;
        }
        long freed = required == null ? 1 : Math.min(required, all);
        turn.memory = turn.memory.capped(load.id(), room.held() - freed);
        turn.queue.addFirst(load.again(failure, turn.now, turn.now));
        turn.tell(new HostNotice.MemoryRefused(load.key(), failure, freed));
        return true;
    }

    /** Puts right what has changed since the last step: loads that wait no longer, instances that are gone or did not go. */
    static void settle(Turn turn) {
        if (turn.memory.isQuiet()) {
            return;
        }
        Set<Long> operations = new HashSet<>();
        turn.queue.forEach(operation -> operations.add(operation.id()));
        Memory.Waiting waiting = turn.memory.waiting();
        if (waiting != null && !operations.contains(waiting.operation())) {
            turn.memory = turn.memory.waiting(null);
        }
        if (turn.memory.waiting() == null) {
            reopen(turn, Set.of());
        }
        String evicting = turn.memory.evicting();
        if (evicting != null && !isBeingUnloaded(turn, evicting)) {
            turn.memory = turn.memory.evicting(null);
            if (turn.instances.containsKey(evicting)) {
                turn.memory = turn.memory.sparing(evicting, turn.now.plus(SPARED_FOR));
            }
        }
        if (turn.running != null) {
            operations.add(turn.running.id());
        }
        turn.memory = turn.memory.only(operations, turn.instances.keySet(), turn.now);
    }

    /** When a load in the queue is to be decided on anew, beside what {@link Lane} says; {@link Instant#MIN} for what need not wait. */
    static Instant eligibleAt(Turn turn, Operation operation) {
        Memory.Waiting waiting = turn.memory.waiting();
        return waiting == null || !(operation instanceof Operation.Load load) || Loads.isThere(turn, load)
                ? Instant.MIN
                : waiting.until();
    }

    /** Why a load that waited for memory did not get it in time. */
    static Optional<String> late(Turn turn, Operation operation) {
        return turn.memory.waiting() == null || !(operation instanceof Operation.Load)
                ? Optional.empty()
                : Optional.of("The memory that '" + operation.key()
                        + "' needs is held by models that are in use, and it did not get its turn in time.");
    }
}
