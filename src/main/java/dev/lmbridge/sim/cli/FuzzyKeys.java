package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.CatalogueModel;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How {@code lms load} finds models: every key that contains the letters in their order, whatever stands between them. Letters side by
 * side score more, the exact key scores most, and the order of the list decides between equals. An empty name finds all.
 */
final class FuzzyKeys {
    private static final double MISS = -1;

    private FuzzyKeys() {}

    static List<CatalogueModel> matching(String name, List<CatalogueModel> candidates) {
        record Hit(CatalogueModel model, double score) {}
        return candidates.stream()
                .map(model -> new Hit(model, score(name, model.modelKey())))
                .filter(hit -> hit.score() != MISS)
                .sorted(Comparator.comparingDouble(Hit::score).reversed())
                .map(Hit::model)
                .toList();
    }

    static double score(String name, String key) {
        String wanted = name.toLowerCase(Locale.ROOT);
        String text = key.toLowerCase(Locale.ROOT);
        if (text.equals(wanted)) {
            return Double.POSITIVE_INFINITY;
        }
        int found = 0;
        double run = 0;
        double total = 0;
        for (int i = 0; i < text.length(); i++) {
            if (found < wanted.length() && text.charAt(i) == wanted.charAt(found)) {
                found++;
                run += 1 + run;
            } else {
                run = 0;
            }
            total += run;
        }
        return found == wanted.length() ? total : MISS;
    }
}
