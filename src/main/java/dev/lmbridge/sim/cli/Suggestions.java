package dev.lmbridge.sim.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What the argument parser of {@code lms} (commander) proposes for a word that it does not know: those of its words that are fewest
 * changes away, at most three. A change is a letter more, less, another, or two letters in each other's place.
 */
final class Suggestions {
    private static final int MOST_CHANGES = 3;
    private static final double LEAST_LIKENESS = 0.4;

    private Suggestions() {}

    /** A line of its own to put after the error, or nothing. */
    static String after(String unknown, Collection<String> known) {
        String dashes = unknown.startsWith("--") ? "--" : "";
        String word = unknown.substring(dashes.length());
        List<String> nearest = new ArrayList<>();
        int fewest = MOST_CHANGES;
        for (String candidate : known) {
            String other = candidate.substring(dashes.length());
            int changes = changes(word, other);
            int length = Math.max(word.length(), other.length());
            if (other.length() < 2 || changes > fewest || length - changes <= LEAST_LIKENESS * length) {
                continue;
            }
            if (changes < fewest) {
                fewest = changes;
                nearest.clear();
            }
            nearest.add(candidate);
        }
        nearest.sort(null);
        return switch (nearest.size()) {
            case 0 -> "";
            case 1 -> "\n(Did you mean " + nearest.getFirst() + "?)";
            default -> "\n(Did you mean one of " + String.join(", ", nearest) + "?)";
        };
    }

    private static int changes(String from, String to) {
        int[][] least = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    least[i][j] = i + j;
                    continue;
                }
                int replaced = least[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                least[i][j] = Math.min(replaced, Math.min(least[i - 1][j], least[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    least[i][j] = Math.min(least[i][j], least[i - 2][j - 2] + 1);
                }
            }
        }
        return least[from.length()][to.length()];
    }
}
