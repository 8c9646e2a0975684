package dev.lmbridge.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was ordered, or that happened, and who was behind it.
 *
 * @param actor a client's address, {@code bus}, or {@code bridge} for what the service itself did
 * @param action {@code load}, {@code unload}, {@code unload_forced} and {@code cancel} are orders; {@code loaded},
 *     {@code load_failed}, {@code unloaded} and {@code unload_failed} are what happened at a host
 * @param outcome {@code success}, {@code under_way} or the code of a failure
 * @param requestId as the client was told
 * @param detail for a person
 */
public record AuditEntry(
        Instant at,
        String actor,
        String action,
        String outcome,
        @Nullable String model,
        @Nullable String identifier,
        @Nullable String host,
        @Nullable String requestId,
        @Nullable String detail) {}
