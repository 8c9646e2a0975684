package dev.lmbridge.sim.chat.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts values together that may fill an array. */
final class Lists {
    private Lists() {}

    /** What may be a list: the lists of the step, all its values of one kind, the lists of results, one figure of each result. */
    static List<List<Value>> of(List<Value> literals, Facts facts) {
        Map<String, List<Value>> groups = new LinkedHashMap<>();
        for (Value value : literals) {
            if (value.group() > 0) {
                groups.computeIfAbsent("list " + value.group(), key -> new ArrayList<>())
                        .add(value);
            }
            groups.computeIfAbsent("kind " + value.kind(), key -> new ArrayList<>())
                    .add(value);
        }
        Map<Integer, Value> figures = new LinkedHashMap<>();
        for (Value value : facts.values()) {
            if (value.group() > 0) {
                groups.computeIfAbsent("result " + value.group(), key -> new ArrayList<>())
                        .add(value);
            }
            if (value.kind() == Kind.NUMBER && value.origin() == Value.Origin.RESULT) {
                figures.merge(value.order(), value, (one, other) -> one.bonus() >= other.bonus() ? one : other);
            }
        }
        if (!figures.isEmpty()) {
            groups.put("figures", new ArrayList<>(figures.values()));
        }
        return new ArrayList<>(groups.values());
    }
}
