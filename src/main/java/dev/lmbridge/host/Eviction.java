package dev.lmbridge.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which instances go so that enough memory is free: those whose loss costs least for what it frees, and no more than needed. */
final class Eviction {
    /** What a disk reads in a second, where no load was seen. */
    private static final double BYTES_PER_SECOND = 256L << 20;

    private static final Comparator<Candidate> CHEAPEST = Comparator.comparingDouble(Candidate::worth)
            .thenComparing(Candidate::bytes, Comparator.reverseOrder())
            .thenComparing(Candidate::identifier);

    private Eviction() {}

    /**
     * An instance that may go.
     *
     * @param worth what its loss costs for each byte that it frees
     */
    record Candidate(String identifier, long bytes, double worth) {}

    /**
     * What the loss of an instance costs for each byte: the time that another load takes, which is the less likely to be spent the longer
     * the instance was not used.
     *
     * @param took how long its load took; zero if that was not seen
     */
    static double worth(long bytes, Duration took, Duration unused) {
        double reload = took.isZero() ? 1 + bytes / BYTES_PER_SECOND : took.toMillis() / 1000.0;
        return reload / (1 + Math.max(0, unused.toMillis()) / 1000.0) / Math.max(1, bytes);
    }

    /** Those to go, the cheapest first; empty if all of them together do not free {@code needed} bytes. */
    static Optional<List<Candidate>> choose(Collection<Candidate> candidates, long needed) {
        List<Candidate> chosen = new ArrayList<>();
        long freed = 0;
        for (Candidate next : candidates.stream().sorted(CHEAPEST).toList()) {
            if (freed >= needed) {
                break;
            }
            if (next.bytes() > 0) {
                chosen.add(next);
                freed += next.bytes();
            }
        }
        if (freed < needed) {
            return Optional.empty();
        }
        // The last one may have made an earlier one superfluous.
        for (Candidate dear : List.copyOf(chosen).reversed()) {
            if (freed - dear.bytes() >= needed) {
                chosen.remove(dear);
                freed -= dear.bytes();
            }
        }
        return Optional.of(List.copyOf(chosen));
    }
}
