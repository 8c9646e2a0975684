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
     * @param ttl how long it stays unused, null if it is not ours and the host does not tell
     * @param expiresAt when it goes if nobody uses it, null for never or not told
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

    /** The lease as it is now; {@code loaded} tells whether its model is there already. */
    record Leased(Lease lease, boolean loaded) implements Answer {}

    /** The lease has ended. */
    record Released(Lease lease) implements Answer {}

    /** The model is pinned, or not; {@code loaded} tells whether it is there. */
    record Pinned(ModelKey model, boolean pinned, boolean loaded) implements Answer {}
}
