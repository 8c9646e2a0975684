package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What {@code lms ps --json} says of an instance beyond what HTTP says: above all its TTL. */
public record InstanceRow(
        String identifier,
        @Nullable Duration ttl,
        @Nullable Integer contextLength,
        @Nullable Instant lastUsed) {}
