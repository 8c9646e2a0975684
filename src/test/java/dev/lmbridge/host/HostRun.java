package dev.lmbridge.host;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** Runs single schedules, and turns one that breaks a promise into a short story. */
final class HostRun {
    /** @param promise which one, in words that are the same in every schedule */
    record Broken(String promise, String message, List<String> story, int choices) {
        String report(long seed) {
            StringJoiner text = new StringJoiner(System.lineSeparator());
            text.add("seed " + seed + ": " + message);
            text.add("The shortest schedule that was found, " + choices + " choices:");
            story.forEach(text::add);
            text.add("Again: ./mvnw -B test -Dtest=HostCoreSimulationTest -Dlmbridge.seed=" + seed);
            return text.toString();
        }
    }

    private HostRun() {}

    /** Which promise the schedule of these choices breaks, if any. */
    static Optional<Broken> run(HostSchedule schedule) {
        try {
            schedule.run();
            return Optional.empty();
        } catch (BrokenPromise broken) {
            return Optional.of(new Broken(broken.promise(), String.valueOf(broken.getMessage()), story(schedule), 0));
        } catch (RuntimeException bug) {
            return Optional.of(new Broken("no step fails: " + bug, bug.toString(), story(schedule), 0));
        }
    }

    private static List<String> story(HostSchedule schedule) {
        return schedule.invariants().story();
    }

    /** The shortest schedule with the same end as the one of this seed. */
    static Broken shrunk(Choices choices, Broken broken, SimulatedCore.Maker maker) {
        Map<Choices.Subject, List<Integer>> least = new Shrinker(
                        choices.drawn(),
                        broken.promise(),
                        candidate -> run(new HostSchedule(Choices.replaying(candidate), maker, false))
                                .map(Broken::promise))
                .shrink();
        Broken told = run(new HostSchedule(Choices.replaying(least), maker, true))
                .orElseThrow(() -> new AssertionError("a schedule does not replay: " + broken.message()));
        int size = least.values().stream().mapToInt(List::size).sum();
        return new Broken(told.promise(), told.message(), told.story(), size);
    }
}
