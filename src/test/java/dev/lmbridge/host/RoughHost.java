package dev.lmbridge.host;

import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is true of the host of a schedule, whatever the bridge believes. */
final class RoughHost {
    /** Loaded on the other machine, and nowhere else. */
    static final String ELSEWHERE = "else/where";

    /** One stay of an instance in memory: one that comes back under its name is another. */
    static final class Resident {
        final String identifier;
        final ModelKey key;
        final @Nullable Duration ttl;

        @Nullable
        Instant lastUsed;

        int users;

        Resident(String identifier, ModelKey key, @Nullable Duration ttl) {
            this.identifier = identifier;
            this.key = key;
            this.ttl = ttl;
        }
    }

    private final Map<String, Resident> memory = new LinkedHashMap<>();
    /** What {@code lms} leads to while it leads to another machine. */
    private final Map<String, Resident> elsewhere = new LinkedHashMap<>();

    boolean down;
    boolean httpBroken;
    boolean lmsBroken;
    boolean ttlsWrong;
    boolean apart;

    void part(boolean begins) {
        apart = begins;
        elsewhere.clear();
        elsewhere.put(ELSEWHERE, new Resident(ELSEWHERE, new ModelKey(ELSEWHERE), null));
    }

    /** What a process of {@code lms} has loaded. */
    Resident load(String identifier, ModelKey key, @Nullable Duration ttl) {
        Resident resident = new Resident(identifier, key, ttl);
        (apart ? elsewhere : memory).put(identifier, resident);
        return resident;
    }

    void unload(String identifier) {
        (apart ? elsewhere : memory).remove(identifier);
    }

    /** An instance that is there answers whoever uses it; whether it is. */
    boolean answers(Instance instance, Instant now) {
        boolean there = !down && memory.containsKey(instance.identifier());
        if (there) {
            instance.alive(now);
        }
        return there;
    }

    /** What all instances together may take; the bridge does not know it. */
    long limit = Long.MAX_VALUE;

    /** The size of a model on disk: its first letter tells. */
    static long stored(String key) {
        return (long) (1 + "abcd".indexOf(key.charAt(0))) << 30;
    }

    /** What it takes in memory. */
    static long taken(ModelKey key) {
        return stored(key.value()) / 8 * 10;
    }

    boolean lacksMemoryFor(ModelKey key) {
        long used = memory.values().stream().mapToLong(one -> taken(one.key)).sum();
        return used + taken(key) > limit;
    }

    Resident put(String identifier, ModelKey key, @Nullable Duration ttl) {
        Resident resident = new Resident(identifier, key, ttl);
        memory.put(identifier, resident);
        return resident;
    }

    @Nullable
    Resident find(String identifier) {
        return memory.get(identifier);
    }

    boolean holds(String identifier) {
        return memory.containsKey(identifier);
    }

    void remove(String identifier) {
        memory.remove(identifier);
    }

    /** Whether exactly this stay was still going on. */
    boolean remove(Resident resident) {
        return memory.remove(resident.identifier, resident);
    }

    void forgetAll() {
        memory.clear();
    }

    List<Resident> all() {
        return new ArrayList<>(memory.values());
    }

    Optional<Resident> any(int number) {
        return memory.isEmpty() ? Optional.empty() : Optional.of(all().get(number % memory.size()));
    }

    List<LoadedModel> loaded() {
        return all().stream()
                .map(one -> new LoadedModel(one.identifier, one.key, 4_096))
                .toList();
    }

    List<InstanceRow> rows() {
        return (apart ? elsewhere.values() : all())
                .stream()
                        .map(one -> new InstanceRow(
                                one.identifier,
                                ttlsWrong ? Duration.ofDays(1) : one.ttl,
                                4_096,
                                one.lastUsed,
                                0,
                                one.users > 0))
                        .toList();
    }
}
