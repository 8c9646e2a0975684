package dev.lmbridge.sim.machine;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One inference.
 *
 * @param model identifier, modelKey or variant; null for the one that is loaded
 * @param type the kind of model that can do it
 * @param ttl idle time-to-live if this request causes the load, or null for the machine's own
 * @param contextLength tokens of context if this request causes the load, or null for the default
 * @param script what will be answered, once it is known which instance answers
 */
public record WorkRequest(
        @Nullable String model,
        ModelType type,
        @Nullable Duration ttl,
        @Nullable Integer contextLength,
        Function<Instance, Script> script) {

    /** A request that leaves the context length of a load to the machine, as all but one of the APIs do. */
    public WorkRequest(
            @Nullable String model, ModelType type, @Nullable Duration ttl, Function<Instance, Script> script) {
        this(model, type, ttl, null, script);
    }
}
