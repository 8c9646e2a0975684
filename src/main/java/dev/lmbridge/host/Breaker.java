package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts the failures in a row of one thing, and keeps requests from it once there are too many.
 *
 * @param failures in a row
 * @param openUntil when a trial is due, null while it is closed
 * @param recovery how long it was opened for at last
 */
public record Breaker(int failures, @Nullable Instant openUntil, Duration recovery) {
    static final Breaker CLOSED = new Breaker(0, null, Duration.ZERO);

    /** What a breaker lets through. */
    public enum State {
        /** Everything. */
        CLOSED,
        /** Nothing. */
        OPEN,
        /** One trial, which decides. */
        HALF_OPEN
    }

    public State state(Instant now) {
        return openUntil == null ? State.CLOSED : now.isBefore(openUntil) ? State.OPEN : State.HALF_OPEN;
    }

    /** How long nothing is let through. */
    public Duration left(Instant now) {
        return openUntil != null && now.isBefore(openUntil) ? Duration.between(now, openUntil) : Duration.ZERO;
    }

    /** After one more failure. A trial that fails opens at once, for twice as long as before. */
    Breaker failed(HostPolicy.Breaking policy, Instant now) {
        return switch (state(now)) {
            case CLOSED ->
                failures + 1 < policy.failures()
                        ? new Breaker(failures + 1, null, recovery)
                        : new Breaker(failures + 1, now.plus(policy.recovery()), policy.recovery());
            case OPEN -> this;
            case HALF_OPEN -> {
                Duration doubled = recovery.multipliedBy(2);
                Duration next = doubled.compareTo(policy.maxRecovery()) < 0 ? doubled : policy.maxRecovery();
                yield new Breaker(failures + 1, now.plus(next), next);
            }
        };
    }
}
