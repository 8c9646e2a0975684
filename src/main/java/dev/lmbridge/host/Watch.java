package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is being watched on a host from one look to the next.
 *
 * @param findings what is not as it should be
 * @param loaded what our own instances were loaded with, by identifier
 * @param working instances in use, and since when no look has seen them idle
 * @param lookingSince when the look under way, or the last one, was begun
 * @param rows how {@code lms ps} answers, and how that compares with HTTP
 * @param repairs what is done to have what is wanted
 */
public record Watch(
        Map<Finding.Id, Finding> findings,
        Map<String, LoadedWith> loaded,
        Map<String, Instant> working,
        Instant lookingSince,
        Rows rows,
        Repairs repairs) {
    static final Watch BEGUN = new Watch(
            Map.of(),
            Map.of(),
            Map.of(),
            Instant.MIN,
            Rows.UNREAD,
            new Repairs(Map.of(), List.of(), Map.of(), Map.of(), Map.of()));

    /** How the two ways to a host compare. */
    enum Paths {
        /** They do not contradict each other. */
        AGREE,
        /** They did once, which may be a matter of moments. */
        SUSPECT,
        /** They do. */
        DIFFER,
        /** They do, and have nothing in common. */
        APART
    }

    /** What an instance was loaded with; a context that is not known is null. */
    record LoadedWith(Duration ttl, @Nullable Integer contextLength) {}

    /**
     * Rows that were read and not yet compared.
     *
     * @param stable what HTTP has shown from before they were asked for until they were read
     * @param known what HTTP has shown of late
     * @param contexts of the rows, in tokens
     */
    record Reading(
            Set<String> rows, Set<String> stable, Set<String> known, Map<String, Integer> contexts, Instant readAt) {}

    /**
     * How {@code lms ps} answers.
     *
     * @param urgent whether they are to be read before their time
     * @param dueAt when they are due otherwise
     * @param failures in a row, since the host was last seen to come or go
     * @param failedAt when the last one failed
     * @param failure why
     * @param workedAt when they were read last while the host was down to HTTP
     * @param lmsBroken whether HTTP has worked after so many failures
     * @param httpBroken whether HTTP has failed after they had been read
     * @param reading what waits for a look to compare with
     * @param paths the last comparison
     * @param differ what it was about
     * @param shows both sides of it, for people
     */
    record Rows(
            boolean urgent,
            Instant dueAt,
            int failures,
            Instant failedAt,
            String failure,
            @Nullable Instant workedAt,
            boolean lmsBroken,
            boolean httpBroken,
            @Nullable Reading reading,
            Paths paths,
            Set<String> differ,
            String shows) {
        static final Rows UNREAD =
                new Rows(false, Instant.MIN, 0, Instant.MIN, "", null, false, false, null, Paths.AGREE, Set.of(), "");

        Rows urgent(boolean now) {
            return new Rows(
                    now,
                    dueAt,
                    failures,
                    failedAt,
                    failure,
                    workedAt,
                    lmsBroken,
                    httpBroken,
                    reading,
                    paths,
                    differ,
                    shows);
        }

        /** The host has come or gone: what was known of one of the ways to it says nothing of it now. */
        Rows afresh() {
            return new Rows(true, dueAt, 0, failedAt, failure, null, false, false, null, paths, differ, shows);
        }

        Rows read(Instant next, Reading compared, @Nullable Instant worked) {
            return new Rows(false, next, 0, failedAt, "", worked, false, httpBroken, compared, paths, differ, shows);
        }

        Rows failed(boolean again, Instant next, Instant now, String why) {
            return new Rows(again, next, failures + 1, now, why, null, lmsBroken, false, null, paths, differ, shows);
        }

        Rows broken(boolean lms, boolean http) {
            return new Rows(
                    urgent, dueAt, failures, failedAt, failure, workedAt, lms, http, reading, paths, differ, shows);
        }

        Rows compared(Paths found, Set<String> about, String sides) {
            boolean again = found == Paths.SUSPECT;
            return new Rows(
                    again || urgent,
                    dueAt,
                    failures,
                    failedAt,
                    failure,
                    workedAt,
                    lmsBroken,
                    httpBroken,
                    null,
                    found,
                    about,
                    sides);
        }
    }

    /**
     * What is done to have what is wanted.
     *
     * @param missing the look that first missed each of them
     * @param preload what is to be loaded once, since LM Studio has begun
     * @param tries when each was loaded again, of late
     * @param givenUp what is not loaded again for now, and why
     * @param cleared when one of several instances of a key was last unloaded
     */
    record Repairs(
            Map<ModelKey, Instant> missing,
            List<Wanted> preload,
            Map<ModelKey, List<Instant>> tries,
            Map<ModelKey, String> givenUp,
            Map<ModelKey, Instant> cleared) {
        Repairs {
            missing = Map.copyOf(missing);
            preload = List.copyOf(preload);
            tries = Map.copyOf(tries);
            givenUp = Map.copyOf(givenUp);
            cleared = Map.copyOf(cleared);
        }
    }

    public Watch {
        findings = Map.copyOf(findings);
        loaded = Map.copyOf(loaded);
        working = Map.copyOf(working);
    }

    Watch with(Map<Finding.Id, Finding> found) {
        return new Watch(found, loaded, working, lookingSince, rows, repairs);
    }

    Watch with(Rows changed) {
        return new Watch(findings, loaded, working, lookingSince, changed, repairs);
    }

    Watch with(Repairs changed) {
        return new Watch(findings, loaded, working, lookingSince, rows, changed);
    }

    Watch looking(Instant now) {
        return new Watch(findings, loaded, working, now, rows, repairs);
    }

    Watch loaded(String identifier, LoadedWith what) {
        Map<String, LoadedWith> more = new HashMap<>(loaded);
        more.put(identifier, what);
        return new Watch(findings, more, working, lookingSince, rows, repairs);
    }

    Watch of(Map<String, LoadedWith> there, Map<String, Instant> inUse) {
        return new Watch(findings, there, inUse, lookingSince, rows, repairs);
    }
}
