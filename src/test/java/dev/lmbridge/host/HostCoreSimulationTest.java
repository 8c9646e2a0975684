package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Thousands of random schedules of one host in virtual time, each from a seed of its own. A failure names its seed; {@code
 * -Dlmbridge.seed=N} runs that one alone and prints its story.
 */
final class HostCoreSimulationTest {
    private static final int SCHEDULES = 20_000;

    @Test
    @Timeout(120)
    void promisesHoldInEverySchedule() {
        Long only = Long.getLong("lmbridge.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? SCHEDULES : only;
        Map<String, Integer> reached = new TreeMap<>();
        for (long seed = first; seed <= last; seed++) {
            HostSchedule schedule = new HostSchedule(seed, only != null);
            try {
                schedule.run();
            } catch (AssertionError | RuntimeException broken) {
                String story = String.join(System.lineSeparator(), schedule.story());
                throw new AssertionError("seed " + seed + " " + broken.getMessage() + " " + story, broken);
            }
            schedule.reached().forEach((what, times) -> reached.merge(what, times, Integer::sum));
        }
        if (only == null) {
            assertThat(reached)
                    .as("schedules reach every kind of outcome")
                    .containsKeys(
                            "ready at once",
                            "ready after a load",
                            "unloaded",
                            "unload",
                            "forced unload in use",
                            "unload of what is gone",
                            "admitted",
                            "model_busy",
                            "model_not_found",
                            "model_load_failed",
                            "model_verification_failed",
                            "upstream_error",
                            "host_unavailable",
                            "circuit_open",
                            "another try",
                            "trial of a model",
                            "trial of the host",
                            "insufficient_memory",
                            "lms_not_installed",
                            "queue_full",
                            "queue_timeout",
                            "shutting_down");
        }
    }
}
