package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the memory that the models of a host need, and what is done to make room.
 *
 * @param figures what loads need, as the host has said; the oldest figure goes when there are too many
 * @param weights what the instances that we have loaded hold, by identifier
 * @param asked the estimate that was asked for last, null if it was answered
 * @param waiting the load that waits for memory, null if none does
 * @param drained instances that admit nobody, so that they can go when the last request has left
 * @param evicting the instance whose unload was begun for a load
 * @param spared instances that did not go, with the time until which no other attempt is made
 * @param ceilings for loads that the host has refused: how much may be held when they are tried once more, by operation
 */
public record Memory(
        Map<Need, Figure> figures,
        Map<String, Weight> weights,
        @Nullable Asked asked,
        @Nullable Waiting waiting,
        Set<String> drained,
        @Nullable String evicting,
        Map<String, Instant> spared,
        Map<Long, Long> ceilings) {

    /** How many figures are kept. */
    static final int MOST_FIGURES = 512;

    static final Memory UNKNOWN = new Memory(Map.of(), Map.of(), null, null, Set.of(), null, Map.of(), Map.of());

    /** What is to be loaded; without a context length, with the usual one. */
    public record Need(ModelKey key, @Nullable Integer contextLength) {}

    /**
     * What a load needs.
     *
     * @param until when it is worth asking again; {@link Instant#MAX} for what the host itself has said
     */
    public record Figure(long bytes, Instant until) {}

    /** What an instance holds, and how long its load took. */
    public record Weight(long bytes, Duration took) {}

    /** An estimate under way, and when it is no longer waited for. */
    public record Asked(Need need, Instant until) {}

    /**
     * A load that waits.
     *
     * @param until when to look again whether it still has to
     * @param told whether that it waits was told
     */
    public record Waiting(long operation, Instant until, boolean told) {}

    public Memory {
        figures = Collections.unmodifiableMap(figures);
        weights = Map.copyOf(weights);
        drained = Set.copyOf(drained);
        spared = Map.copyOf(spared);
        ceilings = Map.copyOf(ceilings);
    }

    /** Whether there is nothing to settle. */
    boolean isQuiet() {
        return waiting == null && drained.isEmpty() && evicting == null && spared.isEmpty() && ceilings.isEmpty();
    }

    Memory learned(Need need, Figure figure) {
        Map<Need, Figure> more = new LinkedHashMap<>(figures);
        more.remove(need);
        more.put(need, figure);
        if (more.size() > MOST_FIGURES) {
            more.remove(more.keySet().iterator().next());
        }
        Asked open = asked != null && asked.need().equals(need) ? null : asked;
        return new Memory(more, weights, open, waiting, drained, evicting, spared, ceilings);
    }

    /** With what one more instance holds; those that are no longer {@code there} are forgotten. */
    Memory holding(String identifier, Weight weight, Set<String> there) {
        Map<String, Weight> more = new HashMap<>(weights);
        more.keySet().retainAll(there);
        more.put(identifier, weight);
        return new Memory(figures, more, asked, waiting, drained, evicting, spared, ceilings);
    }

    Memory asking(Need need, Instant until) {
        return new Memory(figures, weights, new Asked(need, until), waiting, drained, evicting, spared, ceilings);
    }

    Memory waiting(@Nullable Waiting other) {
        return new Memory(figures, weights, asked, other, drained, evicting, spared, ceilings);
    }

    Memory draining(Set<String> identifiers) {
        return new Memory(figures, weights, asked, waiting, identifiers, evicting, spared, ceilings);
    }

    Memory evicting(@Nullable String identifier) {
        return new Memory(figures, weights, asked, waiting, drained, identifier, spared, ceilings);
    }

    Memory sparing(String identifier, Instant until) {
        Map<String, Instant> more = new HashMap<>(spared);
        more.put(identifier, until);
        return new Memory(figures, weights, asked, waiting, drained, evicting, more, ceilings);
    }

    Memory capped(long operation, long ceiling) {
        Map<Long, Long> more = new HashMap<>(ceilings);
        more.put(operation, ceiling);
        return new Memory(figures, weights, asked, waiting, drained, evicting, spared, more);
    }

    /** Without what concerns neither these operations nor a time to come. */
    Memory only(Set<Long> operations, Set<String> there, Instant now) {
        Map<Long, Long> live = new HashMap<>(ceilings);
        live.keySet().retainAll(operations);
        Map<String, Instant> later = new HashMap<>(spared);
        later.values().removeIf(until -> !until.isAfter(now));
        Set<String> shut = new HashSet<>(drained);
        shut.retainAll(there);
        return new Memory(figures, weights, asked, waiting, shut, evicting, later, live);
    }
}
