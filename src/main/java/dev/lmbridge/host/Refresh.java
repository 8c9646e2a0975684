package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a request for what is loaded need not wait for the look under way: an answer of the instance itself, or a look that takes long. */
final class Refresh {
    /** How long a request waits for a look while a view is there that it may be decided on. */
    static final Duration BOUND = Duration.ofMillis(500);

    private Refresh() {}

    /** Whether a request can be decided now although the view is not fresh. */
    static boolean isNeedless(Turn turn, HostEvent asked) {
        if (!(asked instanceof HostEvent.EnsureAsked ensure) || !turn.isSeenWithin(HostPolicy.STALE_AFTER)) {
            return false;
        }
        Optional<Instance> there = Selection.choose(turn.instances.values(), ensure.name(), ensure.contextLength());
        return there.isPresent() && (isLate(turn) || there.get().isSeenWithin(turn.policy.freshFor(), turn.now));
    }

    private static boolean isLate(Turn turn) {
        return turn.looking && !bound(turn).isAfter(turn.now);
    }

    private static Instant bound(Turn turn) {
        return turn.watch.lookingSince().plus(BOUND);
    }

    /** When those who wait for the look under way have waited for long enough. */
    static Instant dueAt(Turn turn) {
        return turn.looking && !turn.undecided.isEmpty() && bound(turn).isAfter(turn.now) ? bound(turn) : Instant.MAX;
    }
}
