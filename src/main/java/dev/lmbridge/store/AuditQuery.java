package dev.lmbridge.store;

import org.jspecify.annotations.Nullable;

/**
 * Which entries are asked for.
 *
 * @param model a catalogue key; absent for all
 * @param before only entries with a smaller id; absent to begin with the newest
 * @param limit at most so many
 */
public record AuditQuery(@Nullable String model, @Nullable Long before, int limit) {
    public static final int MOST = 1_000;

    public AuditQuery {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit " + limit);
        }
    }
}
