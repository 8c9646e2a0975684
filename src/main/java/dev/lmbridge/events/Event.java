package dev.lmbridge.events;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing that has happened.
 *
 * @param number grows by one from event to event of one run of the node; the first is 1
 * @param cursor stands for the place right after this event
 * @param node where it happened
 * @param topics under which it can be followed, the most telling one first
 * @param name a stable name such as {@code model.loaded}
 * @param facts strings, whole numbers, booleans and lists of strings; never a secret
 */
public record Event(
        long number,
        String cursor,
        String node,
        Instant at,
        List<String> topics,
        String name,
        Map<String, Object> facts) {
    public Event {
        topics = List.copyOf(topics);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
}
