package dev.lmbridge.lms;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One loaded instance: a row of {@code lms ps --json}. A model that is still loading has no row.
 *
 * @param identifier what HTTP's {@code model} and {@code lms unload} take
 * @param ttl idle time allowed; null means for ever
 * @param lastUsed null until the first use
 * @param contextLength tokens it was loaded with; 0 if not told
 * @param queued requests at it, the running one included; 0 if not told (lms before 2025-09-19)
 * @param parallel concurrent predictions; null for embeddings, or if not told (lms before 2026-03-11)
 */
public record LmsInstance(
        LmsModel model,
        String identifier,
        @Nullable Duration ttl,
        @Nullable Instant lastUsed,
        int contextLength,
        Status status,
        int queued,
        @Nullable Integer parallel) {
    /** What a loaded instance does. */
    public enum Status {
        IDLE,
        PROCESSING_PROMPT,
        GENERATING,
        COMPUTING_EMBEDDING,
        /** Loaded, but the row says nothing that we know: missing before lms 2025-09-19, or a newer word. */
        UNKNOWN;

        /** Whether the host says that it works right now. */
        public boolean busy() {
            return this == PROCESSING_PROMPT || this == GENERATING || this == COMPUTING_EMBEDDING;
        }
    }

    public String type() {
        return model.type();
    }

    public String modelKey() {
        return model.modelKey();
    }

    public long sizeBytes() {
        return model.sizeBytes();
    }

    public @Nullable String deviceIdentifier() {
        return model.deviceIdentifier();
    }

    public List<String> variants() {
        return model.variants();
    }

    public @Nullable String selectedVariant() {
        return model.selectedVariant();
    }
}
