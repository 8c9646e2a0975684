package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForwardClockTest {
    private final ManualClock wall = new ManualClock();
    private final ForwardClock clock = new ForwardClock(wall);

    @Test
    void goesOnFromWhereItWasWhenTheClockUnderItIsSetBack() {
        Instant before = clock.instant();
        wall.advance(Duration.ofMinutes(-5));
        assertThat(clock.instant()).isEqualTo(before);
        wall.advance(Duration.ofSeconds(3));
        assertThat(clock.instant()).isEqualTo(before.plusSeconds(3));
    }

    @Test
    void everySetbackCounts() {
        Instant before = clock.instant();
        for (int each = 0; each < 3; each++) {
            wall.advance(Duration.ofHours(-1));
            assertThat(clock.instant()).isEqualTo(before);
        }
        wall.advance(Duration.ofSeconds(1));
        assertThat(clock.instant()).isEqualTo(before.plusSeconds(1));
    }

    @Test
    void whatIsSetForwardOrHasSleptShowsAtOnce() {
        Instant before = clock.instant();
        wall.advance(Duration.ofHours(8));
        assertThat(clock.instant()).isEqualTo(before.plus(Duration.ofHours(8)));
    }

    @Test
    void theViewIsNotFreshForLongerBecauseTheClockWasSetBack() {
        HostCore core = new HostCore(ScriptedHost.POLICY, clock);
        HostState seen = core.on(
                        HostState.initial(clock.instant()),
                        new HostEvent.Observed(new Observation(Catalog.EMPTY, List.of()), clock.instant()))
                .state();
        wall.advance(Duration.ofMinutes(-5));
        assertThat(HostView.of(seen).isFresh(clock.instant(), ScriptedHost.POLICY.freshFor()))
                .isTrue();
        wall.advance(Duration.ofSeconds(11));
        HostCore.Step step = core.on(seen, new HostEvent.Ticked());
        assertThat(HostView.of(seen).isFresh(clock.instant(), HostPolicy.STALE_AFTER))
                .isFalse();
        assertThat(step.actions()).contains(new HostAction.Look());
    }
}
