package dev.lmbridge.host;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step in the making: the state as it changes, and the actions that were decided so far. Lives within a single call. */
final class Turn {
    final HostPolicy policy;
    final InstantSource clock;
    final Instant now;
    final List<HostAction> actions = new ArrayList<>();

    HostState.Reach reach;
    String unreachableBecause;

    @Nullable
    Instant observedAt;

    boolean looking;
    Instant lookAt;
    boolean readingRows;
    Instant rowsAt;
    Catalog catalog;
    final Map<String, Instance> instances;

    @Nullable
    Operation running;

    final List<Operation> queue;
    final List<HostEvent> undecided;
    final Map<ModelKey, Integer> numbers;
    final Map<ModelKey, Doubt> doubts;
    Breakers breakers;
    Holds holds;
    Memory memory;
    Watch watch;
    private long random;
    long nextOperation;
    boolean draining;
    boolean stopping;

    Turn(HostPolicy policy, InstantSource clock, HostState state) {
        this.policy = policy;
        this.clock = clock;
        now = clock.instant();
        reach = state.reach();
        unreachableBecause = state.unreachableBecause();
        observedAt = state.observedAt();
        looking = state.looking();
        lookAt = state.lookAt();
        readingRows = state.readingRows();
        rowsAt = state.rowsAt();
        catalog = state.catalog();
        instances = new LinkedHashMap<>(state.instances());
        running = state.running();
        queue = new ArrayList<>(state.queue());
        undecided = new ArrayList<>(state.undecided());
        numbers = new LinkedHashMap<>(state.numbers());
        doubts = new LinkedHashMap<>(state.doubts());
        breakers = state.breakers();
        holds = state.holds();
        memory = state.memory();
        watch = state.watch();
        random = state.random();
        nextOperation = state.nextOperation();
        draining = state.draining();
        stopping = state.stopping();
    }

    HostState state() {
        return new HostState(
                reach,
                unreachableBecause,
                observedAt,
                looking,
                lookAt,
                readingRows,
                rowsAt,
                catalog,
                instances,
                running,
                queue,
                undecided,
                numbers,
                doubts,
                breakers,
                holds,
                memory,
                watch,
                random,
                nextOperation,
                draining,
                stopping);
    }

    boolean isSeenWithin(Duration age) {
        return reach == HostState.Reach.UP
                && observedAt != null
                && !observedAt.plus(age).isBefore(now);
    }

    void reply(String caller, Answer answer) {
        actions.add(new HostAction.Reply(caller, answer));
    }

    void refuse(String caller, Failure failure) {
        reply(caller, new Answer.Refused(failure));
    }

    void refuseAll(List<Caller> callers, Failure failure) {
        callers.forEach(caller -> refuse(caller.id(), failure));
    }

    void tell(HostNotice notice) {
        actions.add(new HostAction.Tell(notice));
    }

    void lookNow() {
        lookAt = now;
    }

    /** A number from 0 to 1, the next one of a fixed sequence (SplitMix64). */
    double chance() {
        random += 0x9E3779B97F4A7C15L;
        long mixed = (random ^ (random >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return ((mixed ^ (mixed >>> 31)) >>> 11) * 0x1.0p-53;
    }

    /** The earliest moment at which something is due that no event announces. */
    Instant wakeAt() {
        Instant wake = looking || stopping ? Instant.MAX : lookAt;
        for (Operation waiting : queue) {
            wake = earlier(wake, Lane.patience(this, waiting));
            if (running == null && !stopping) {
                Instant memory = MakingRoom.eligibleAt(this, waiting);
                Instant lane = Lane.eligibleAt(this, waiting);
                wake = earlier(wake, lane.isAfter(memory) ? lane : memory);
            }
        }
        for (Doubt doubt : doubts.values()) {
            wake = earlier(wake, doubt.until());
        }
        if (!stopping) {
            wake = earlier(wake, earlier(Keeper.wakeAt(this), Unloads.wakeAt(this)));
        }
        return earlier(earlier(wake, Refresh.dueAt(this)), Lane.limit(this));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
