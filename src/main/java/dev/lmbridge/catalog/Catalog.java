package dev.lmbridge.catalog;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** The models that a host has on disk, in the host's order. Names are exact and case-sensitive. */
public record Catalog(List<CatalogModel> models) {
    public static final Catalog EMPTY = new Catalog(List.of());

    private static final JaroWinklerSimilarity SIMILARITY = new JaroWinklerSimilarity();

    public Catalog {
        models = List.copyOf(models);
    }

    /** The model of exactly this name. */
    public Optional<CatalogModel> find(String name) {
        return models.stream().filter(model -> model.key().value().equals(name)).findFirst();
    }

    /** Every key, the ones most like {@code name} first: a difference in case alone comes before all others. */
    public List<String> nearest(String name) {
        return nearest(name, models.stream().map(model -> model.key().value()).toList());
    }

    /** {@code names} without repetition, the ones most like {@code name} first. */
    public static List<String> nearest(String name, List<String> names) {
        String wanted = name.toLowerCase(Locale.ROOT);
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String candidate : names) {
            scores.computeIfAbsent(candidate, key -> score(wanted, key));
        }
        return scores.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static double score(String wanted, String candidate) {
        String lower = candidate.toLowerCase(Locale.ROOT);
        return wanted.equals(lower) ? 2 : SIMILARITY.apply(wanted, lower);
    }
}
