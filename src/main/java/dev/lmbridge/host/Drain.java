package dev.lmbridge.host;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;

/**
 * A host is taken out of use: none of the loads that wait is begun, nor one of the core's own until it is in use again. What runs there
 * goes on, and so do unloads.
 */
final class Drain {
    private static final Failure DRAINING = Failure.of(
            FailureCode.HOST_UNAVAILABLE, "This host is being drained: it takes nothing new until it is resumed.");

    private Drain() {}

    static void begin(Turn turn) {
        turn.draining = true;
        turn.undecided.removeIf(event -> {
            if (event instanceof HostEvent.EnsureAsked asked) {
                turn.refuse(asked.caller(), DRAINING);
                return true;
            }
            return false;
        });
        turn.queue.removeIf(operation -> {
            if (operation instanceof Operation.Load load && !Loads.isThere(turn, load)) {
                turn.refuseAll(load.callers(), DRAINING);
                return true;
            }
            return false;
        });
    }

    static void end(Turn turn) {
        turn.draining = false;
    }
}
