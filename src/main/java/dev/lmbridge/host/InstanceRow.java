package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code lms ps --json} says of an instance beyond what HTTP says: above all its TTL.
 *
 * @param parallel how many requests it works on at a time, 0 if the row does not say
 * @param busy whether the host says that it is at work
 */
public record InstanceRow(
        String identifier,
        @Nullable Duration ttl,
        @Nullable Integer contextLength,
        @Nullable Instant lastUsed,
        int parallel,
        boolean busy) {

    /** Of an instance that does nothing, in a row that does not say how many requests it works on. */
    public InstanceRow(
            String identifier, @Nullable Duration ttl, @Nullable Integer contextLength, @Nullable Instant lastUsed) {
        this(identifier, ttl, contextLength, lastUsed, 0, false);
    }
}
