package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Starting the host's idle clock of one instance anew.
 *
 * @param usage what is entered meanwhile, so that nobody unloads the instance
 * @param lastUsed what the host said of its last use before
 * @param attempts how many were begun since the last that worked, this one included
 * @param since when the phase began
 * @param notBefore when the next attempt may begin, for one that has failed
 */
record Rearming(Phase phase, Usage usage, @Nullable Instant lastUsed, int attempts, Instant since, Instant notBefore) {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    enum Phase {
        /** The smallest inference there is, is under way. */
        UNDER_WAY,
        /** It was answered; {@code lms ps} is asked whether the host counts it as a use. */
        CHECKING,
        FAILED
    }

    static Rearming begun(Instance instance, int attempts, Instant now) {
        return new Rearming(Phase.UNDER_WAY, instance.usage(), instance.hostLastUsed(), attempts, now, now);
    }

    Rearming answered(Instant now) {
        return new Rearming(Phase.CHECKING, usage, lastUsed, attempts, now, now);
    }

    Rearming failed(Instant now) {
        Duration doubled = Duration.ofSeconds(1L << Math.min(attempts - 1, 10));
        Duration pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        return new Rearming(Phase.FAILED, usage, lastUsed, attempts, now, now.plus(pause));
    }

    boolean isOver() {
        return phase == Phase.FAILED;
    }
}
