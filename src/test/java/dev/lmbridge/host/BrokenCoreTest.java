package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The schedules must notice every core that breaks a promise, soon and in a story short enough to read. */
final class BrokenCoreTest {
    private static final int MOST_SEEDS = 2_000;
    private static final int MOST_LINES = 40;

    @ParameterizedTest
    @EnumSource
    void isCaughtWithinSomeSeedsAndToldInAFewLines(BrokenCore broken) {
        isCaught(broken.name(), broken.promise(), broken::make);
    }

    @ParameterizedTest
    @EnumSource
    void isCaughtGivingMemoryAwayByAWrongRule(BrokenMemory broken) {
        isCaught(broken.name(), broken.promise(), broken::make);
    }

    private static void isCaught(String name, String promise, SimulatedCore.Maker maker) {
        for (long seed = 1; seed <= MOST_SEEDS; seed++) {
            Choices choices = Choices.from(seed);
            Optional<HostRun.Broken> caught = HostRun.run(new HostSchedule(choices, maker, false));
            if (caught.isPresent()) {
                HostRun.Broken least = HostRun.shrunk(choices, caught.get(), maker);
                System.out.println("Broken core " + name + ": seed " + seed + ", "
                        + least.story().size() + " lines, " + least.choices() + " choices: " + least.promise());
                assertThat(least.promise()).as(least.report(seed)).startsWith(promise);
                assertThat(least.story()).as(least.report(seed)).hasSizeLessThanOrEqualTo(MOST_LINES);
                return;
            }
        }
        throw new AssertionError(name + " was not caught by " + MOST_SEEDS + " schedules");
    }

    @Test
    void everyPromiseHasACoreThatBreaksIt() {
        assertThat(Arrays.stream(BrokenCore.values()).map(BrokenCore::promise))
                .containsAll(IntStream.rangeClosed(1, 9)
                        .mapToObj(number -> "P" + number)
                        .toList());
    }

    @Test
    void theSameSeedTellsTheSameStoryAndItsChoicesReplayIt() {
        Choices choices = Choices.from(7);
        HostSchedule first = new HostSchedule(choices, SimulatedCore::genuine, true);
        HostSchedule again = new HostSchedule(Choices.from(7), SimulatedCore::genuine, true);
        HostSchedule replayed = new HostSchedule(Choices.replaying(choices.drawn()), SimulatedCore::genuine, true);
        assertThat(HostRun.run(first)).isEmpty();
        assertThat(HostRun.run(again)).isEmpty();
        assertThat(HostRun.run(replayed)).isEmpty();
        assertThat(first.invariants().story())
                .hasSizeGreaterThan(10)
                .isEqualTo(again.invariants().story())
                .isEqualTo(replayed.invariants().story());
    }
}
