package dev.lmbridge.host;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Makes the choices of a schedule that breaks a promise fewer and smaller, as long as it still breaks the same one. */
final class Shrinker {
    /** A schedule takes about a millisecond. */
    private static final int MOST_RUNS = 6_000;

    private final Function<Map<Choices.Subject, List<Integer>>, Optional<String>> run;
    private final String promise;
    private Map<Choices.Subject, List<Integer>> best;
    private int runs;

    /** @param run tells which promise a schedule of these choices breaks, if any */
    Shrinker(
            Map<Choices.Subject, List<Integer>> choices,
            String promise,
            Function<Map<Choices.Subject, List<Integer>>, Optional<String>> run) {
        this.run = run;
        this.promise = promise;
        best = choices;
    }

    Map<Choices.Subject, List<Integer>> shrink() {
        long before;
        do {
            before = weight();
            for (Choices.Subject subject : Choices.Subject.values()) {
                attempt(subject, List.of());
            }
            for (Choices.Subject subject : Choices.Subject.values()) {
                cutOut(subject);
                for (int size = Math.max(1, of(subject).size() / 2); size > 0; size /= 2) {
                    zero(subject, size);
                }
                lower(subject);
            }
        } while (weight() < before && runs < MOST_RUNS);
        return best;
    }

    /** Whole happenings first: they begin at every eighth number of the plan. */
    private void cutOut(Choices.Subject subject) {
        int least = subject == Choices.Subject.PLAN ? HostPlan.NUMBERS : 1;
        for (int size = Math.max(least, of(subject).size() / 2 / least * least);
                size >= least;
                size = half(size, least)) {
            for (int from = of(subject).size() / least * least; from >= 0; from -= size) {
                List<Integer> shorter = new ArrayList<>(of(subject));
                if (from < shorter.size()) {
                    shorter.subList(from, Math.min(shorter.size(), from + size)).clear();
                    attempt(subject, shorter);
                }
            }
        }
    }

    private static int half(int size, int least) {
        return size == least ? 0 : Math.max(least, size / 2 / least * least);
    }

    private void zero(Choices.Subject subject, int size) {
        for (int from = 0; from < of(subject).size(); from += size) {
            List<Integer> smaller = new ArrayList<>(of(subject));
            smaller.subList(from, Math.min(smaller.size(), from + size)).replaceAll(any -> 0);
            attempt(subject, smaller);
        }
    }

    private void lower(Choices.Subject subject) {
        for (int place = 0; place < of(subject).size(); place++) {
            int before = of(subject).get(place);
            List<Integer> smaller = new ArrayList<>(of(subject));
            smaller.set(place, before / 2);
            attempt(subject, smaller);
        }
    }

    private void attempt(Choices.Subject subject, List<Integer> instead) {
        if (runs >= MOST_RUNS || of(subject).equals(instead)) {
            return;
        }
        runs++;
        Map<Choices.Subject, List<Integer>> candidate = new EnumMap<>(best);
        candidate.put(subject, instead);
        if (run.apply(candidate).filter(promise::equals).isPresent()) {
            best = candidate;
        }
    }

    private List<Integer> of(Choices.Subject subject) {
        return best.getOrDefault(subject, List.of());
    }

    private long weight() {
        return best.values().stream()
                .mapToLong(list -> (4L << 20) * list.size()
                        + list.stream().mapToLong(Integer::longValue).sum())
                .sum();
    }
}
