package dev.lmbridge.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses what was meant by a name that does not exist. */
final class Suggestions {
    private Suggestions() {}

    /** {@code " Did you mean X?"}, or nothing if no known name is near. */
    static String didYouMean(String unknown, Collection<String> known) {
        int tolerance = Math.max(2, unknown.length() / 4);
        LevenshteinDistance distance = new LevenshteinDistance(tolerance);
        return known.stream()
                .map(name -> new Near(name, distance(distance, unknown, name)))
                .filter(near -> near.distance >= 0)
                .min(Comparator.comparingInt(Near::distance))
                .map(near -> " Did you mean " + near.name + "?")
                .orElse("");
    }

    private static int distance(LevenshteinDistance measure, String unknown, String name) {
        String wanted = plain(unknown);
        String candidate = plain(name);
        // A right name in the wrong section is nearer than any misspelling.
        return candidate.endsWith("." + wanted) || lastPart(candidate).equals(lastPart(wanted))
                ? 0
                : measure.apply(wanted, candidate);
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    private record Near(String name, int distance) {}
}
