package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the core answers one caller: exactly once. */
public sealed interface Answer {
    /**
     * The instance is there and was seen.
     *
     * @param alreadyLoaded whether it was there before this caller asked
     * @param ttl the idle TTL the host holds, null if the host holds none or does not tell
     * @param attempts how many {@code lms load} it took; 0 if it was there
     * @param warnings what the caller should know, as stable words
     */
    record Ready(
            Instance instance,
            boolean alreadyLoaded,
            @Nullable Duration ttl,
            @Nullable Instant expiresAt,
            int attempts,
            List<String> warnings)
            implements Answer {}

    /** These instances are gone; none if the model was not loaded. */
    record Unloaded(ModelKey model, List<String> identifiers) implements Answer {}

    record Refused(Failure failure) implements Answer {}
}
