package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** An {@code lms} that comes while the bridge runs. */
final class InstalledLmsTest {
    private static final LmsCli CLI = (command, deadline, progress, mark) ->
            new UnstartedLms(new LmsOutcome(LmsOutcome.Ending.NOT_STARTED, 127, "", "", false, Duration.ZERO));

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicReference<Optional<LmsCli>> there = new AtomicReference<>(Optional.empty());
    private final InstalledLms lms = new InstalledLms(
            () -> {
                looks.incrementAndGet();
                return there.get();
            },
            clock);

    @Test
    void itIsLookedForAtMostOnceInTenSeconds() {
        assertThat(lms.find()).isEmpty();
        there.set(Optional.of(CLI));
        clock.advance(Duration.ofMillis(9_999));
        assertThat(lms.find()).isEmpty();
        assertThat(looks).hasValue(1);

        clock.advance(Duration.ofMillis(1));
        assertThat(lms.find()).contains(CLI);
        assertThat(looks).hasValue(2);
    }

    @Test
    void onceFoundItIsNotLookedForAgain() {
        there.set(Optional.of(CLI));
        lms.find();
        clock.advance(Duration.ofHours(1));

        assertThat(lms.find()).contains(CLI);
        assertThat(lms.known()).contains(CLI);
        assertThat(looks).hasValue(1);
    }

    @Test
    void knownLooksForNothing() {
        there.set(Optional.of(CLI));

        assertThat(lms.known()).isEmpty();
        assertThat(looks).hasValue(0);
    }
}
