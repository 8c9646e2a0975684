package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that goes on from where it was when the clock under it is set back.
 *
 * <p>Every decision of the core compares times. With a clock that is set back by minutes a view would look fresh for those minutes, no
 * look would be due, and whoever waits would wait longer by as much. A clock that is set forward, or a machine that has slept, passes
 * through: waits end early and views are old, which is safe. Safe for use by several threads.
 */
public final class ForwardClock implements InstantSource {
    private final InstantSource under;
    private Duration ahead = Duration.ZERO;
    private Instant latest = Instant.MIN;

    public ForwardClock(InstantSource under) {
        this.under = under;
    }

    @Override
    public synchronized Instant instant() {
        Instant now = under.instant().plus(ahead);
        if (now.isBefore(latest)) {
            ahead = ahead.plus(Duration.between(now, latest));
            return latest;
        }
        latest = now;
        return now;
    }
}
