package dev.lmbridge.events;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that has just happened and has no number yet.
 *
 * @param topics under which it can be followed, the most telling one first
 * @param name a stable name such as {@code model.loaded}
 * @param facts strings, whole numbers, booleans and lists of strings; never a secret
 */
public record News(List<String> topics, String name, Map<String, Object> facts) {
    /** Longer texts are cut: what LM Studio says may be long, and the log has all of it. */
    public static final int TEXT_LIMIT = 600;

    public static News of(String topic, String name) {
        return new News(List.of(topic), name, Map.of());
    }

    /** Also under another topic. */
    public News under(String topic) {
        List<String> more = new ArrayList<>(topics);
        more.add(topic);
        return new News(List.copyOf(more), name, facts);
    }

    /** With one more fact, unless there is none. */
    public News with(String fact, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        Map<String, Object> more = new LinkedHashMap<>(facts);
        more.put(fact, value instanceof String text ? cut(text) : value);
        return new News(topics, name, more);
    }

    private static String cut(String text) {
        return text.length() > TEXT_LIMIT ? text.substring(0, TEXT_LIMIT - 1) + "…" : text;
    }
}
