package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private final ManualClock clock = new ManualClock();
    private final Usage usage = new Usage(clock);

    @Test
    void closingTwiceGivesBackOnce() {
        usage.enter();
        usage.enter();
        Admission admission = new Admission("m~1", usage);

        admission.close();
        admission.close();

        assertThat(usage.gate().inFlight()).isEqualTo(1);
    }

    @Test
    void idleClockStartsWhenTheLastUserLeaves() {
        Instant entered = clock.instant();
        usage.enter();
        assertThat(usage.lastUsed()).isNull();
        clock.advance(Duration.ofMinutes(3));

        new Admission("m~1", usage).close();

        assertThat(usage.lastUsed()).isEqualTo(entered.plus(Duration.ofMinutes(3)));
    }
}
