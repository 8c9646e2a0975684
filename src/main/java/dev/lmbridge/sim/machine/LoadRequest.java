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
 * @param tuning settings of the engine; the simulation only remembers them
 */
public record LoadRequest(
        String modelKey,
        @Nullable String identifier,
        @Nullable Duration ttl,
        @Nullable Integer contextLength,
        @Nullable Integer parallel,
        boolean jit,
        Tuning tuning) {

    /**
     * Settings of the engine; each null for the engine's own.
     *
     * @param evalBatchSize tokens of the prompt that are processed together
     * @param numExperts experts of a mixture-of-experts model
     * @param gpu part of the model that is to lie in the memory of the GPU, 0 to 1, or null for all that LM Studio finds room for
     */
    public record Tuning(
            @Nullable Integer evalBatchSize,
            @Nullable Boolean flashAttention,
            @Nullable Integer numExperts,
            @Nullable Boolean offloadKvCacheToGpu,
            @Nullable Double gpu) {
        public static final Tuning NONE = new Tuning(null, null, null, null, null);
    }

    /** A load that leaves the engine to LM Studio. */
    public LoadRequest(
            String modelKey,
            @Nullable String identifier,
            @Nullable Duration ttl,
            @Nullable Integer contextLength,
            @Nullable Integer parallel,
            boolean jit) {
        this(modelKey, identifier, ttl, contextLength, parallel, jit, Tuning.NONE);
    }

    public static LoadRequest of(String modelKey) {
        return new LoadRequest(modelKey, null, null, null, null, false);
    }

    public LoadRequest withIdentifier(@Nullable String name) {
        return new LoadRequest(modelKey, name, ttl, contextLength, parallel, jit, tuning);
    }

    public LoadRequest withTtl(@Nullable Duration time) {
        return new LoadRequest(modelKey, identifier, time, contextLength, parallel, jit, tuning);
    }

    public LoadRequest withContextLength(@Nullable Integer tokens) {
        return new LoadRequest(modelKey, identifier, ttl, tokens, parallel, jit, tuning);
    }

    public LoadRequest withParallel(@Nullable Integer predictions) {
        return new LoadRequest(modelKey, identifier, ttl, contextLength, predictions, jit, tuning);
    }

    public LoadRequest withTuning(Tuning settings) {
        return new LoadRequest(modelKey, identifier, ttl, contextLength, parallel, jit, settings);
    }

    /** The share of the GPU that was asked for; see {@link Tuning}. */
    public @Nullable Double gpu() {
        return tuning.gpu();
    }

    public LoadRequest withGpu(@Nullable Double ratio) {
        return withTuning(new Tuning(
                tuning.evalBatchSize(),
                tuning.flashAttention(),
                tuning.numExperts(),
                tuning.offloadKvCacheToGpu(),
                ratio));
    }
}
