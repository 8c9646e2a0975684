package dev.lmbridge.events;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a log on behalf of somebody who follows some topics, each from a place of its own. Every event is given once, even if it
 * belongs to two of the topics. Used by one thread.
 */
public final class EventReader {
    private static final int CHUNK = 64;

    private final EventLog log;
    /** For each topic the number of the last event that is known already. */
    private final Map<String, Long> known = new HashMap<>();

    private long position;
    private boolean lost;

    public EventReader(EventLog log) {
        this.log = log;
        position = log.last();
    }

    /** An event under the topic by which it is followed. */
    public record Heard(String topic, Event event) {}

    public Set<String> topics() {
        return new TreeSet<>(known.keySet());
    }

    /** From now on also these topics, or these anew: everything after {@code number}. */
    public void follow(Collection<String> topics, long number) {
        known.replaceAll((topic, before) -> Math.max(before, position));
        position = Math.min(position, number);
        topics.forEach(topic -> known.put(topic, number));
    }

    public void leave(Collection<String> topics) {
        known.keySet().removeAll(topics);
    }

    /** Whether events went by unread, as {@link #next} has found. Nobody who follows nothing loses anything. */
    public boolean hasLost() {
        return lost;
    }

    /** Some of the events to come, oldest first; none if there are none for now. */
    public List<Heard> next() {
        if (known.isEmpty()) {
            position = log.last();
            return List.of();
        }
        List<Heard> heard = new ArrayList<>();
        List<Event> chunk;
        do {
            chunk = log.after(position, CHUNK);
            lost |= !chunk.isEmpty() && chunk.getFirst().number() != position + 1;
            for (Event event : chunk) {
                position = event.number();
                topicOf(event).ifPresent(topic -> heard.add(new Heard(topic, event)));
            }
        } while (heard.isEmpty() && chunk.size() == CHUNK);
        return heard;
    }

    private Optional<String> topicOf(Event event) {
        return event.topics().stream()
                .filter(topic -> known.getOrDefault(topic, Long.MAX_VALUE) < event.number())
                .findFirst();
    }
}
