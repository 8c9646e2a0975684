package dev.lmbridge.loader;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Rings once, at the instant that was set last, or earlier: so a clock that is put right is noticed within a minute. */
final class Alarm {
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private final InstantSource clock;
    private long timer = -1;

    Alarm(InstantSource clock) {
        this.clock = clock;
    }

    void set(Vertx vertx, Instant at, Runnable ring) {
        vertx.cancelTimer(timer);
        Duration pause = Duration.between(clock.instant(), at);
        long millis = pause.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP.toMillis() : pause.toMillis() + 1;
        timer = vertx.setTimer(Math.max(1, millis), tick -> ring.run());
    }
}
