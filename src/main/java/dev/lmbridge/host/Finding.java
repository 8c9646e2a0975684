package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that is not as it should be on a host, while it lasts.
 *
 * @param subject whom it concerns: an identifier, a key, or {@link #HOST}
 * @param model the model that it concerns; null if it concerns the host as a whole
 * @param since when it was found
 * @param detail what was found, for people
 */
public record Finding(Kind kind, String subject, @Nullable ModelKey model, Instant since, String detail) {
    /** The subject of what concerns a host as a whole. */
    public static final String HOST = "host";

    /** The rules by which something is found. */
    public enum Kind {
        /** A key has more than one instance. */
        DUPLICATE,
        /** Somebody else has loaded it. */
        FOREIGN,
        /** One of ours has another context than it was loaded with. */
        WRONG_CONTEXT,
        /** One of ours has another TTL than it was loaded with. */
        WRONG_TTL,
        /** In use for long, and not a byte of an answer. */
        STUCK,
        /** A wanted model is not there, and is not loaded again for now. */
        GIVES_UP,
        HOST_DOWN,
        /** HTTP works and {@code lms ps} does not. */
        LMS_BROKEN,
        /** {@code lms ps} works and HTTP does not. */
        HTTP_BROKEN,
        /** HTTP and {@code lms ps} show instances, and not one in common. */
        TWO_MACHINES,
        /** HTTP and {@code lms ps} do not show the same of one machine. */
        PATHS_DIFFER;

        private final String text = name().toLowerCase(Locale.ROOT);

        /** The stable word for it in events, logs and metrics. */
        public String text() {
            return text;
        }
    }

    /** Which finding it is, however long it lasts and whatever its details. */
    record Id(Kind kind, String subject) {}

    Id id() {
        return new Id(kind, subject);
    }

    /** How long it has lasted. */
    public Duration age(Instant now) {
        return Duration.between(since, now);
    }
}
