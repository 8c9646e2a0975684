package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The schedules must notice every watchdog that is broken. */
final class BrokenWatchTest {
    private static final int MOST_SEEDS = 2_000;

    @ParameterizedTest
    @EnumSource
    void isCaughtWithinSomeSeeds(BrokenWatch broken) {
        for (long seed = 1; seed <= MOST_SEEDS; seed++) {
            Optional<HostRun.Broken> caught = HostRun.run(new HostSchedule(Choices.from(seed), broken::make, false));
            if (caught.isPresent()) {
                assertThat(caught.get().promise())
                        .as("seed %d: %s", seed, caught.get().message())
                        .startsWith(broken.promise());
                return;
            }
        }
        throw new AssertionError(broken + " was not caught by " + MOST_SEEDS + " schedules");
    }
}
