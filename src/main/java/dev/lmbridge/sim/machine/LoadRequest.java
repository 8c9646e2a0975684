package dev.lmbridge.sim.machine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A load.
 *
 * @param modelKey exact key, or a variant of it
 * @param identifier the name that the instance must get, or null for the default
 * @param ttl idle time-to-live, or null for none
 * @param contextLength tokens, or null for the default
 * @param parallel predictions at a time, or null for the default
 * @param jit whether inference asked for it: such an instance can be evicted by the next one
 */
public record LoadRequest(
        String modelKey,
        @Nullable String identifier,
        @Nullable Duration ttl,
        @Nullable Integer contextLength,
        @Nullable Integer parallel,
        boolean jit) {

    public static LoadRequest of(String modelKey) {
        return new LoadRequest(modelKey, null, null, null, null, false);
    }

    public LoadRequest withIdentifier(@Nullable String name) {
        return new LoadRequest(modelKey, name, ttl, contextLength, parallel, jit);
    }

    public LoadRequest withTtl(@Nullable Duration time) {
        return new LoadRequest(modelKey, identifier, time, contextLength, parallel, jit);
    }

    public LoadRequest withContextLength(@Nullable Integer tokens) {
        return new LoadRequest(modelKey, identifier, ttl, tokens, parallel, jit);
    }

    public LoadRequest withParallel(@Nullable Integer predictions) {
        return new LoadRequest(modelKey, identifier, ttl, contextLength, predictions, jit);
    }
}
