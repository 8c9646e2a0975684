package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class UsageTest {
    private final ManualClock clock = new ManualClock();
    private final Usage usage = new Usage(clock);

    @Test
    void whoEntersIsCountedUntilLeaving() {
        assertThat(usage.enter()).isTrue();
        assertThat(usage.enter()).isTrue();
        usage.leave();

        assertThat(usage.gate().inFlight()).isEqualTo(1);
    }

    @Test
    void closedGateAdmitsNobodyAndIsNoUse() {
        usage.gate().close();

        assertThat(usage.enter()).isFalse();
        assertThat(usage.gate().inFlight()).isZero();
        assertThat(usage.lastUsed()).isNull();
    }

    @Test
    void idleClockStartsWhenTheLastUserLeaves() {
        Instant entered = clock.instant();
        usage.enter();
        assertThat(usage.lastUsed()).isNull();
        clock.advance(Duration.ofMinutes(3));

        usage.leave();

        assertThat(usage.lastUsed()).isEqualTo(entered.plus(Duration.ofMinutes(3)));
    }
}
