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
 * @param script what will be answered, once it is known which instance answers
 */
public record WorkRequest(
        @Nullable String model, ModelType type, @Nullable Duration ttl, Function<Instance, Script> script) {}
