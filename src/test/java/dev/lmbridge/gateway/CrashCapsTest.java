package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CrashCapsTest {
    private final ManualClock clock = new ManualClock();
    private final CrashCaps caps = new CrashCaps(clock);

    @Test
    void eachCrashHalvesWhatAModelGetsAtATimeDownToOne() {
        assertThat(caps.limit("local", "m", 8)).isEqualTo(8);
        caps.crashed("local", "m", 8);
        assertThat(caps.limit("local", "m", 8)).isEqualTo(4);
        caps.crashed("local", "m", 4);
        caps.crashed("local", "m", 2);
        caps.crashed("local", "m", 1);
        assertThat(caps.limit("local", "m", 8)).isEqualTo(1);
    }

    @Test
    void otherModelsAndHostsAreNotMeant() {
        caps.crashed("local", "m", 8);
        assertThat(caps.limit("local", "n", 8)).isEqualTo(8);
        assertThat(caps.limit("other", "m", 8)).isEqualTo(8);
        assertThat(caps.limit("local", "m", 2)).isEqualTo(2);
    }

    @Test
    void quietTimeEndsIt() {
        caps.crashed("local", "m", 8);
        clock.advance(CrashCaps.SPARED.minus(Duration.ofMillis(1)));
        assertThat(caps.limit("local", "m", 8)).isEqualTo(4);
        caps.crashed("local", "m", 4);
        clock.advance(Duration.ofMillis(1));
        assertThat(caps.limit("local", "m", 8)).isEqualTo(2);
        clock.advance(CrashCaps.SPARED);
        assertThat(caps.limit("local", "m", 8)).isEqualTo(8);
    }
}
