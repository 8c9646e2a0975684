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
    long nextOperation;
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
        nextOperation = state.nextOperation();
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
                nextOperation,
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

    /** The earliest moment at which something is due that no event announces. */
    Instant wakeAt() {
        Instant wake = looking || stopping ? Instant.MAX : lookAt;
        for (Operation waiting : queue) {
            for (Caller caller : waiting.callers()) {
                wake = earlier(wake, caller.queueUntil());
            }
        }
        return earlier(wake, Lane.limit(this));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
