package dev.lmbridge.host;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Watch.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The two ways to a host, HTTP and {@code lms}: when rows are read, whether only one of the ways works, and whether both lead to one
 * machine.
 */
final class Paths {
    /** One failure may be a matter of moments. */
    private static final int FAILURES = 2;

    private static final Duration ROWS_RETRY = Duration.ofSeconds(1);

    private Paths() {}

    /** Whether rows are to be read that no load waits for. */
    static boolean areRowsDue(Turn turn, boolean unknownTtl) {
        if (turn.rowsAt.isAfter(turn.now) || turn.reach == HostState.Reach.UNKNOWN) {
            return false;
        }
        Rows rows = turn.watch.rows();
        boolean due = !rows.dueAt().isAfter(turn.now);
        if (turn.reach == HostState.Reach.DOWN) {
            return rows.urgent() || due;
        }
        return rows.urgent()
                || (turn.running == null && (unknownTtl || isUncertain(rows) || (due && !turn.instances.isEmpty())));
    }

    private static boolean isUncertain(Rows rows) {
        return rows.lmsBroken() || rows.paths() != Watch.Paths.AGREE;
    }

    /** Whether the next look is due soon, since rows wait to be read or compared. */
    static boolean isWaiting(Turn turn) {
        Rows rows = turn.watch.rows();
        return (rows.urgent() && rows.failures() > 0) || rows.reading() != null || isUncertain(rows);
    }

    /** Something does not fit: the rows are read as soon as may be. */
    static void suspect(Turn turn) {
        turn.rowsAt = turn.now;
        turn.watch = turn.watch.with(turn.watch.rows().urgent(true));
    }

    /** The host has come, or gone. */
    static void changed(Turn turn) {
        turn.rowsAt = turn.now;
        turn.watch = turn.watch.with(turn.watch.rows().afresh());
    }

    static void rowsRead(Turn turn, List<InstanceRow> rows, Instant startedAt) {
        Set<String> listed = new HashSet<>();
        Map<String, Integer> contexts = new HashMap<>();
        for (InstanceRow row : rows) {
            listed.add(row.identifier());
            if (row.contextLength() != null) {
                contexts.put(row.identifier(), row.contextLength());
            }
        }
        Set<String> stable = new HashSet<>();
        turn.instances.forEach((identifier, instance) -> {
            if (!instance.loadedAt().isAfter(startedAt)) {
                stable.add(identifier);
            }
        });
        Set<String> known = Set.copyOf(turn.instances.keySet());
        var reading = new Watch.Reading(listed, stable, known, contexts, turn.now);
        Instant worked = turn.reach == HostState.Reach.DOWN ? turn.now : null;
        Instant next = turn.now.plus(turn.policy.watching().rowsEvery());
        Rows read = turn.watch.rows().read(next, reading, worked);
        // What fits needs no proof; what does not may have come or gone while the rows were read.
        turn.watch = turn.watch.with(
                differing(turn, reading, known).isEmpty() ? read.compared(Watch.Paths.AGREE, Set.of(), "") : read);
    }

    static void rowsFailed(Turn turn, Failure failure) {
        Rows before = turn.watch.rows();
        boolean again = turn.reach == HostState.Reach.UP && before.failures() + 1 < FAILURES;
        if (again) {
            turn.rowsAt = turn.now.plus(ROWS_RETRY);
        }
        Instant next = turn.now.plus(turn.policy.watching().rowsEvery());
        turn.watch = turn.watch.with(before.failed(again, next, turn.now, failure.detail()));
    }

    /** HTTP works: that tells of {@code lms} what HTTP and it show of the same moments. */
    static void looked(Turn turn, Set<String> seen, Instant startedAt) {
        Rows rows = turn.watch.rows();
        if (rows.httpBroken()
                || (rows.failures() >= FAILURES
                        && !rows.lmsBroken()
                        && rows.failedAt().isBefore(startedAt))) {
            rows = rows.broken(rows.failures() >= FAILURES, false);
            turn.watch = turn.watch.with(rows);
        }
        Watch.Reading reading = rows.reading();
        if (reading != null && !startedAt.isBefore(reading.readAt())) {
            turn.watch = turn.watch.with(compared(turn, rows, reading, seen));
        }
    }

    /** HTTP does not work, while {@code lms} has worked before this look began. */
    static void notLooked(Turn turn) {
        Rows rows = turn.watch.rows();
        Instant worked = rows.workedAt();
        if (turn.reach == HostState.Reach.DOWN
                && worked != null
                && !rows.httpBroken()
                && !turn.watch.lookingSince().isBefore(worked)) {
            turn.watch = turn.watch.with(rows.broken(false, true));
        }
    }

    private static Rows compared(Turn turn, Rows rows, Watch.Reading reading, Set<String> seen) {
        Set<String> differ = differing(turn, reading, seen);
        if (differ.isEmpty()) {
            return rows.compared(Watch.Paths.AGREE, differ, "");
        }
        String sides = "HTTP shows " + text(seen) + ", lms ps " + text(reading.rows()) + ".";
        boolean again = differ.stream().anyMatch(rows.differ()::contains);
        if (!again) {
            turn.rowsAt = turn.now;
            return rows.compared(Watch.Paths.SUSPECT, differ, sides);
        }
        boolean common = reading.rows().stream()
                .anyMatch(one -> seen.contains(one) || reading.known().contains(one));
        return rows.compared(common ? Watch.Paths.DIFFER : Watch.Paths.APART, differ, sides);
    }

    /** What one of the ways shows that the other must have shown, too, had it led to the same machine. */
    private static Set<String> differing(Turn turn, Watch.Reading reading, Set<String> seen) {
        Set<String> differ = new HashSet<>();
        for (String row : reading.rows()) {
            Instance shown = turn.instances.get(row);
            Integer context = reading.contexts().get(row);
            if (!seen.contains(row) && !reading.known().contains(row)) {
                differ.add(row);
            } else if (shown != null
                    && context != null
                    && shown.contextLength() != null
                    && !context.equals(shown.contextLength())) {
                differ.add(row);
            }
        }
        for (String stable : reading.stable()) {
            if (seen.contains(stable) && !reading.rows().contains(stable)) {
                differ.add(stable);
            }
        }
        differ.removeIf(identifier -> isChanging(turn, identifier));
        return differ;
    }

    private static boolean isChanging(Turn turn, String identifier) {
        boolean doubted = turn.doubts.values().stream()
                .anyMatch(doubt -> doubt.identifier().equals(identifier));
        return doubted
                || switch (turn.running) {
                    case Operation.Load load -> load.identifier().equals(identifier);
                    case Operation.Unload unload -> unload.remaining().contains(identifier);
                    case null -> false;
                };
    }

    private static String text(Set<String> identifiers) {
        return identifiers.isEmpty() ? "nothing" : String.join(", ", new TreeSet<>(identifiers));
    }

    /** Why nothing is loaded or unloaded on this host, if so: it would happen on another machine than requests go to. */
    static Optional<Failure> refusal(Turn turn) {
        Rows rows = turn.watch.rows();
        return rows.paths() != Watch.Paths.APART
                ? Optional.empty()
                : Optional.of(Failure.of(
                                FailureCode.HOST_UNAVAILABLE,
                                "The url of this host and its lms lead to two machines, so nothing is loaded or unloaded: "
                                        + rows.shows() + " Set hosts[].url and hosts[].lms to one LM Studio.")
                        .withRetryAfter(HostPolicy.ROWS_AGAIN)
                        .with("reason", "two_machines"));
    }
}
