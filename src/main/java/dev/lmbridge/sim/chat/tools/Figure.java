package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** A number that a model works out itself when no tool is there for it: how many lines a text has, or a sum of results. */
final class Figure {
    private Figure() {}

    /** How many of what the step asks for there are in a result. */
    static Optional<String> count(Step step, Outcome outcome) {
        boolean asks = step.meanings().contains("count") || (step.says("number") && step.says("of"));
        if (!asks) {
            return Optional.empty();
        }
        String text = outcome.text().strip();
        JsonNode json = outcome.json();
        if (step.says("words word")) {
            return Optional.of(String.valueOf(text.isEmpty() ? 0 : text.split("\\s+", -1).length));
        }
        if (step.says("characters letters chars")) {
            return Optional.of(String.valueOf(text.codePointCount(0, text.length())));
        }
        if (json.isArray()) {
            return Optional.of(String.valueOf(json.size()));
        }
        for (JsonNode field : json) {
            if (field.isArray()) {
                return Optional.of(String.valueOf(field.size()));
            }
        }
        boolean listed = step.says("lines line files file entries items records keys rows");
        return listed && json.isTextual()
                ? Optional.of(String.valueOf(text.lines().count()))
                : Optional.empty();
    }

    /** The sum or the product of the numbers that the step means: those of results, and those that it names itself. */
    static Optional<String> calculation(Step step, List<BigDecimal> results) {
        boolean sum = step.meanings().contains("add") || step.says("together altogether");
        boolean product = step.meanings().contains("multiply") || step.says("double triple");
        List<BigDecimal> own = step.values().stream()
                .filter(value -> value.kind() == Kind.NUMBER)
                .map(value -> new BigDecimal(value.text()))
                .toList();
        if (results.isEmpty() || sum == product) {
            return Optional.empty();
        }
        BigDecimal figure;
        if (product) {
            figure = results.getLast();
            for (BigDecimal factor : own) {
                figure = figure.multiply(factor);
            }
            figure = step.says("double") ? figure.multiply(BigDecimal.TWO) : figure;
            figure = step.says("triple") ? figure.multiply(BigDecimal.valueOf(3)) : figure;
        } else {
            figure = (own.isEmpty() ? results : results.subList(results.size() - 1, results.size()))
                    .stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            for (BigDecimal summand : own) {
                figure = figure.add(summand);
            }
        }
        return Optional.of(figure.stripTrailingZeros().toPlainString());
    }
}
