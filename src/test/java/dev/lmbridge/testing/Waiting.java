package dev.lmbridge.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for the thing itself: asks until it is true, within a bound. */
public final class Waiting {
    /** Generous, since a busy machine starts processes slowly; nothing that works comes near it. */
    public static final Duration BOUND = Duration.ofSeconds(20);

    private static final long PAUSE_NANOS = 20_000_000;

    private Waiting() {}

    /** Returns once {@code true} was answered; an {@link AssertionError} that says what never came otherwise. */
    public static void until(String what, BooleanSupplier answer) {
        until(what, BOUND, answer);
    }

    /** The same with a bound of one's own. */
    public static void until(String what, Duration within, BooleanSupplier answer) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!answer.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("This did not come true within " + within + ": " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
