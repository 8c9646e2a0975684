package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to stay loaded on a host whether or not it is used, and how the rest is let go.
 *
 * @param pins by model, in the order in which they are loaded
 * @param toBegin models to load once the host is first seen, in this order
 * @param rearming by identifier
 * @param spared instances whose unload came to nothing, and when it is tried again
 */
public record Holds(
        LeaseBook leases,
        Map<ModelKey, Pin> pins,
        List<ModelKey> toBegin,
        Map<String, Rearming> rearming,
        Map<String, Instant> spared) {
    public static final Holds NONE = new Holds(LeaseBook.EMPTY, Map.of(), List.of(), Map.of(), Map.of());

    public Holds {
        pins = pins.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(pins));
        toBegin = List.copyOf(toBegin);
        rearming = Map.copyOf(rearming);
        spared = Map.copyOf(spared);
    }

    /**
     * What a bridge begins with.
     *
     * @param toBegin every model to load at once, pinned or not, in this order
     */
    public static Holds beginning(Map<ModelKey, Pin> pins, List<ModelKey> toBegin) {
        return new Holds(LeaseBook.EMPTY, pins, toBegin, Map.of(), Map.of());
    }

    /** Whether the model is to be in memory though nobody uses it: it is not unloaded without force, and brought back if it goes. */
    public boolean wants(ModelKey model, Instant now) {
        return until(model).isAfter(now);
    }

    public boolean isPinned(ModelKey model) {
        return pins.containsKey(model);
    }

    /** Until when the model is held: for good, until its last lease ends, or not at all. */
    Instant until(ModelKey model) {
        return pins.containsKey(model) ? Instant.MAX : leases.until(model);
    }

    /** When the bridge means to let an instance go: {@link Instant#MAX} for never. */
    Instant end(Instance instance, Instant now) {
        Instant idle = instance.foreign() ? Instant.MIN : instance.usage().idleEnd(now);
        Instant held = until(instance.key());
        return held.isAfter(idle) ? held : idle;
    }

    /** When an instance goes if nobody uses it any more: by the bridge, or by the host where it is not ours. Null for never. */
    public @Nullable Instant expiresAt(Instance instance, Instant now) {
        Instant end = end(instance, now);
        if (instance.foreign() && !wants(instance.key(), now)) {
            return instance.hostEnd(now);
        }
        return end.equals(Instant.MAX) ? null : end;
    }

    Holds with(LeaseBook changed) {
        return new Holds(changed, pins, toBegin, rearming, spared);
    }

    Holds withPins(Map<ModelKey, Pin> changed) {
        return new Holds(leases, changed, toBegin, rearming, spared);
    }

    Holds begun() {
        return new Holds(leases, pins, List.of(), rearming, spared);
    }

    /** {@code null} forgets the instance. */
    Holds rearming(String identifier, @Nullable Rearming changed) {
        return new Holds(leases, pins, toBegin, changed(rearming, identifier, changed), spared);
    }

    /** {@code null} forgets the instance. */
    Holds sparing(String identifier, @Nullable Instant until) {
        return new Holds(leases, pins, toBegin, rearming, changed(spared, identifier, until));
    }

    private static <V> Map<String, V> changed(Map<String, V> map, String key, @Nullable V value) {
        Map<String, V> copy = new LinkedHashMap<>(map);
        if (value == null) {
            copy.remove(key);
        } else {
            copy.put(key, value);
        }
        return copy;
    }
}
