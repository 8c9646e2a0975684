package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random schedules of one host in virtual time, each from a seed of its own. A failure names its seed and tells a shrunk
 * story; {@code -Dlmbridge.seed=N} runs that one alone, {@code -Dlmbridge.steps=N} as many as take N steps of the core.
 */
final class HostCoreSimulationTest {
    private static final int FIXED = 6_000;
    private static final Duration FRESH = Duration.ofSeconds(3);
    /** From so many steps on every pair that the document lists must have occurred so often. */
    private static final long LONG_RUN = 1_000_000;

    private static final int OFTEN = 100;
    /** So many steps reach everything that can be reached. */
    private static final long ENOUGH = 5_000_000;

    private final Map<String, Integer> reached = new TreeMap<>();
    private final FaultCounts faults = new FaultCounts();
    private long steps;

    @Test
    void promisesHoldInEverySchedule() throws IOException {
        Long only = Long.getLong("lmbridge.seed");
        if (only != null) {
            run(only);
            return;
        }
        long begin = System.nanoTime();
        long wanted = Long.getLong("lmbridge.steps", 0);
        if (wanted == 0) {
            for (long seed = 1; seed <= FIXED; seed++) {
                run(seed);
            }
        }
        long base = Long.getLong("lmbridge.base", ThreadLocalRandom.current().nextLong(1L << 40) * 1_000_000);
        System.out.println(
                "Host simulation: fresh schedules from base " + base + " (again: -Dlmbridge.base=" + base + ")");
        long fresh = System.nanoTime();
        for (long seed = base; wanted == 0 ? System.nanoTime() - fresh < FRESH.toNanos() : steps < wanted; seed++) {
            run(seed);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("Host simulation: %,d steps in %.1f s, %,.0f steps/s%n", steps, seconds, steps / seconds);
        // Some kinds occur once in hundreds of thousands of steps, and a slow machine takes fewer than that in the
        // given time.
        if (steps >= ENOUGH) {
            assertThat(reached).as("schedules reach every kind of outcome").containsKeys(ReachedOutcomes.ALL);
        }
        if (wanted > 0) {
            report(wanted);
        }
    }

    private void run(long seed) {
        Choices choices = Choices.from(seed);
        HostSchedule schedule = new HostSchedule(choices, SimulatedCore::genuine, false);
        Optional<HostRun.Broken> broken = HostRun.run(schedule);
        broken.ifPresent(
                one -> fail(HostRun.shrunk(choices, one, SimulatedCore::genuine).report(seed)));
        steps += schedule.steps();
        faults.add(schedule.faults());
        schedule.invariants().reached().forEach((what, times) -> reached.merge(what, times, Integer::sum));
    }

    private void report(long wanted) throws IOException {
        System.out.println("fault | operation | instance | times");
        faults.all().forEach((what, times) -> System.out.println(what + " | " + times));
        List<String> listed = PairsDocument.listed(Files.readString(Path.of("docs/reliability.md")));
        assertThat(listed).as("pairs listed in docs/reliability.md").isNotEmpty();
        if (wanted >= LONG_RUN) {
            assertThat(listed.stream()
                            .filter(what -> faults.all().getOrDefault(what, 0) < OFTEN)
                            .map(what -> what + ": " + faults.all().getOrDefault(what, 0)))
                    .as("listed pairs that occurred under %d times", OFTEN)
                    .isEmpty();
        }
    }
}
