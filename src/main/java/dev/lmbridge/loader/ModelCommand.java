package dev.lmbridge.loader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants of a model, checked in itself; whether the model exists is not known yet.
 *
 * @param model the name as given; null means the default model
 * @param ttl the idle TTL that was asked for, within the limits; null if none was
 * @param usualTtl the idle TTL otherwise, unless the model has one of its own
 * @param host the host asked for; null means any
 * @param contextLength the least context in tokens; null means the host's default
 * @param waitFor how long the answer may wait for a load; null means as long as it takes
 * @param drain how long requests that use a model have to end before its unload is refused
 */
public record ModelCommand(
        @Nullable String model,
        @Nullable Duration ttl,
        Duration usualTtl,
        @Nullable String host,
        @Nullable Integer contextLength,
        boolean force,
        boolean dryRun,
        @Nullable Duration waitFor,
        Duration drain) {

    /** A command that gives nobody time to end. */
    public ModelCommand(
            @Nullable String model,
            @Nullable Duration ttl,
            Duration usualTtl,
            @Nullable String host,
            @Nullable Integer contextLength,
            boolean force,
            boolean dryRun,
            @Nullable Duration waitFor) {
        this(model, ttl, usualTtl, host, contextLength, force, dryRun, waitFor, Duration.ZERO);
    }

    /** A model for a request that says nothing of how it is to be loaded. */
    public static ModelCommand forRequest(@Nullable String model, @Nullable Duration ttl, Duration usualTtl) {
        return new ModelCommand(model, ttl, usualTtl, null, null, false, false, null);
    }

    /** The same, with a limit on the wait. */
    ModelCommand waitingFor(Duration limit) {
        return new ModelCommand(model, ttl, usualTtl, host, contextLength, force, dryRun, limit, drain);
    }
}
