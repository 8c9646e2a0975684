package dev.lmbridge.explain;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that has happened.
 *
 * @param order grows from one happening to the next, in the whole chronicle
 * @param at when; of something that was repeated, the last time
 * @param since when it first happened; the same as {@code at} unless it was repeated
 * @param times how often it happened in a row
 * @param event a stable name such as {@code model.loaded}
 * @param detail one sentence for a person, never a secret; {@link #DETAIL_LIMIT} characters at most
 * @param facts the same for programs: strings, whole numbers, booleans, and lists of strings
 */
public record Happening(
        long order, Instant at, Instant since, int times, String event, String detail, Map<String, Object> facts) {
    /** What LM Studio says may be long; the log has all of it. */
    public static final int DETAIL_LIMIT = 300;

    public Happening {
        detail = detail.length() > DETAIL_LIMIT ? detail.substring(0, DETAIL_LIMIT - 1) + "…" : detail;
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** With one more fact, unless there is none. */
    public Happening with(String name, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        Map<String, Object> more = new LinkedHashMap<>(facts);
        more.put(name, value);
        return new Happening(order, at, since, times, event, detail, more);
    }

    /** Whether this and {@code before} are the same but for their times and their words: one line can stand for both. */
    boolean repeats(Happening before) {
        return event.equals(before.event)
                && String.valueOf(facts.get("rule")).equals(String.valueOf(before.facts.get("rule")))
                && String.valueOf(facts.get("host")).equals(String.valueOf(before.facts.get("host")));
    }

    Happening after(Happening before) {
        return new Happening(order, at, before.since, before.times + 1, event, detail, facts);
    }
}
