package dev.lmbridge.host;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The one lane in which operations that change a host go, one after the other. */
final class Lane {
    static final Failure SHUTTING_DOWN = Failure.of(FailureCode.SHUTTING_DOWN, "The bridge is shutting down.");

    private Lane() {}

    /**
     * Begins the next operation if none is under way: the first in the queue that need not wait for its time. Those that turn out to
     * need no process are done at once.
     */
    static void advance(Turn turn) {
        MakingRoom.settle(turn);
        boolean crowded = false;
        int place = next(turn, crowded);
        while (turn.running == null && place >= 0 && !turn.stopping) {
            switch (turn.queue.get(place)) {
                case Operation.Load load -> {
                    MakingRoom.Admission admission = MakingRoom.admit(turn, load);
                    crowded |= admission == MakingRoom.Admission.STAY;
                    if (admission == MakingRoom.Admission.GO) {
                        turn.queue.remove(load);
                        Loads.begin(turn, load);
                    }
                }
                case Operation.Unload unload -> {
                    turn.queue.remove(place);
                    Unloads.begin(turn, unload);
                }
            }
            place = next(turn, crowded);
        }
        Loads.endIfUnwanted(turn);
    }

    /** @param crowded whether a load waits for memory: no other load takes it away, but unloads go on, and what is there is told so */
    private static int next(Turn turn, boolean crowded) {
        for (int place = 0; place < turn.queue.size(); place++) {
            Operation operation = turn.queue.get(place);
            boolean hindered = crowded && operation instanceof Operation.Load load && !Loads.isThere(turn, load);
            if (!hindered && !eligibleAt(turn, operation).isAfter(turn.now)) {
                return place;
            }
        }
        return -1;
    }

    /** When an operation in the queue may begin: a load waits for its pause to end, and for a doubt about its model. */
    static Instant eligibleAt(Turn turn, Operation operation) {
        if (!(operation instanceof Operation.Load load) || Loads.isThere(turn, load)) {
            return Instant.MIN;
        }
        Doubt doubt = turn.doubts.get(load.key());
        Instant pause = load.attempts().notBefore();
        return doubt == null || doubt.until().isBefore(pause) ? pause : doubt.until();
    }

    /** A process has ended. One that belongs to no operation any more changes nothing. */
    static void processEnded(Turn turn, HostEvent.ProcessEnded ended) {
        if (turn.running == null || turn.running.id() != ended.operation()) {
            return;
        }
        switch (turn.running) {
            case Operation.Load load -> Loads.processEnded(turn, load, ended.failure(), ended.identifier());
            case Operation.Unload unload -> Unloads.processEnded(turn, unload, ended.failure());
        }
    }

    static void timePassed(Turn turn) {
        Doubts.timePassed(turn);
        turn.queue.replaceAll(operation -> withoutLateCallers(turn, operation));
        turn.queue.removeIf(operation -> !operation.isWanted());
        if (!limit(turn).isAfter(turn.now)) {
            switch (turn.running) {
                case Operation.Load load -> Loads.neverAppeared(turn, load);
                case Operation.Unload unload -> Unloads.neverWent(turn, unload);
                case null -> {}
            }
        }
    }

    private static Operation withoutLateCallers(Turn turn, Operation operation) {
        List<Caller> inTime = new ArrayList<>();
        for (Caller caller : operation.callers()) {
            if (patience(turn, operation, caller).isAfter(turn.now)) {
                inTime.add(caller);
            } else {
                turn.refuse(caller.id(), late(turn, operation));
            }
        }
        return inTime.size() == operation.callers().size() ? operation : operation.withCallers(inTime);
    }

    private static Failure late(Turn turn, Operation operation) {
        if (operation instanceof Operation.Load load && load.attempts().last() != null) {
            return load.attempts().last();
        }
        String why = turn.doubts.containsKey(operation.key())
                ? "A load of '" + operation.key() + "' had to be ended and may still go on at the host;"
                        + " it is not loaded again until that is known."
                : MakingRoom.late(turn, operation)
                        .orElse("Other operations on this host took too long; '" + operation.key()
                                + "' did not get its turn in time.");
        return Failure.of(FailureCode.QUEUE_TIMEOUT, why).withRetryAfter(Requests.QUEUE_RETRY);
    }

    /** Until when the first of an operation's callers waits for its turn. */
    static Instant patience(Turn turn, Operation operation) {
        return operation.callers().stream()
                .map(caller -> patience(turn, operation, caller))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** Who has had a turn waits as long as loads may take in all. */
    private static Instant patience(Turn turn, Operation operation, Caller caller) {
        Instant since =
                operation instanceof Operation.Load load ? load.attempts().since() : null;
        return since == null ? caller.queueUntil() : since.plus(turn.policy.maxLoad());
    }

    /** Until when the operation under way may wait for what it did to show. A process has its own deadline. */
    static Instant limit(Turn turn) {
        return switch (turn.running) {
            case Operation.Load load
            when load.phase() == Operation.Load.Phase.APPEARING ->
                load.phaseSince().plus(turn.policy.verifyWithin());
            case Operation.Unload unload
            when unload.exited() -> unload.phaseSince().plus(turn.policy.verifyWithin());
            case null, default -> Instant.MAX;
        };
    }

    /** Whether the operation under way waits for something that only a look can show. */
    static boolean isPolling(Turn turn) {
        return !limit(turn).equals(Instant.MAX);
    }

    /** Tells everybody who waits, ends what runs, and begins nothing more. */
    static void stop(Turn turn) {
        turn.stopping = true;
        Requests.refuseUndecided(turn, SHUTTING_DOWN);
        turn.queue.forEach(operation -> turn.refuseAll(operation.callers(), SHUTTING_DOWN));
        turn.queue.clear();
        if (turn.running != null) {
            turn.refuseAll(turn.running.callers(), SHUTTING_DOWN);
            turn.actions.add(new HostAction.Interrupt(turn.running.id()));
            turn.running = turn.running.withCallers(List.of());
        }
    }
}
