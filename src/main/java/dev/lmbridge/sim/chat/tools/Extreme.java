package dev.lmbridge.sim.chat.tools;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** "The newest", "the smallest": which item of a list is meant, by the dates or the numbers in it. */
record Extreme(boolean most, boolean byDate) {
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}[ T]?[\\d:.]*");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.-])-?\\d+(?:\\.\\d+)?(?![\\w:-]|\\.\\w)");

    static Optional<Extreme> of(Step step) {
        if (step.says("newest latest youngest")) {
            return Optional.of(new Extreme(true, true));
        }
        if (step.says("oldest earliest")) {
            return Optional.of(new Extreme(false, true));
        }
        if (step.says("largest biggest highest longest greatest heaviest")
                || (step.says("most") && step.says("expensive"))) {
            return Optional.of(new Extreme(true, false));
        }
        return step.says("smallest lowest shortest least cheapest")
                ? Optional.of(new Extreme(false, false))
                : Optional.empty();
    }

    /** The item that is meant; none where an item has nothing to compare. */
    Optional<String> among(List<String> items) {
        Comparator<String> order = byDate
                ? Comparator.comparing(Extreme::date)
                : Comparator.comparingDouble(item -> number(item).orElse(0.0));
        List<String> comparable = new ArrayList<>(items);
        comparable.removeIf(item -> byDate ? date(item).isEmpty() : number(item).isEmpty());
        return comparable.stream().max(most ? order : order.reversed());
    }

    private static String date(String item) {
        Matcher date = DATE.matcher(item);
        return date.find() ? date.group() : "";
    }

    private static Optional<Double> number(String item) {
        Matcher number = NUMBER.matcher(DATE.matcher(item).replaceAll(""));
        return number.find() ? Optional.of(Double.valueOf(number.group())) : Optional.empty();
    }
}
