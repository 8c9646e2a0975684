package dev.lmbridge.host;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * All the chances of a schedule, as numbers that are kept: drawn from a seed, or read from a list that was kept before. Each subject
 * has a list of its own, so that taking a number out of one leaves the others as they are. 0 is always the most harmless choice, and
 * what a list does not hold is 0.
 */
final class Choices {
    enum Subject {
        POLICY,
        PLAN,
        LOOK,
        ROWS,
        LOAD,
        UNLOAD,
        USE,
        RESTART,
        MEMORY,
        WATCH,
        HOLD
    }

    private static final int MOST = 1 << 20;

    private final Map<Subject, List<Integer>> drawn = new EnumMap<>(Subject.class);
    private final Map<Subject, SplittableRandom> random = new EnumMap<>(Subject.class);
    private final @Nullable Map<Subject, List<Integer>> kept;

    private Choices(@Nullable Map<Subject, List<Integer>> kept, long seed) {
        this.kept = kept;
        SplittableRandom all = new SplittableRandom(seed);
        for (Subject subject : Subject.values()) {
            drawn.put(subject, new ArrayList<>());
            random.put(subject, all.split());
        }
    }

    static Choices from(long seed) {
        return new Choices(null, seed);
    }

    static Choices replaying(Map<Subject, List<Integer>> kept) {
        return new Choices(kept, 0);
    }

    /** What was drawn so far. */
    Map<Subject, List<Integer>> drawn() {
        return drawn;
    }

    /** A number from 0 to {@code bound} - 1. */
    int next(Subject subject, int bound) {
        List<Integer> list = drawnOf(subject);
        int number;
        if (kept == null) {
            SplittableRandom source = random.get(subject);
            number = source == null ? 0 : source.nextInt(MOST);
        } else {
            List<Integer> mine = kept.getOrDefault(subject, List.of());
            number = list.size() < mine.size() ? mine.get(list.size()) : 0;
        }
        list.add(number);
        return number % bound;
    }

    boolean chance(Subject subject, int percent) {
        return next(subject, 100) >= 100 - percent;
    }

    private List<Integer> drawnOf(Subject subject) {
        return drawn.computeIfAbsent(subject, none -> new ArrayList<>());
    }
}
