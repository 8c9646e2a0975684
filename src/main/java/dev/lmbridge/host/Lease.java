package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;

/**
 * Somebody's hold on a model: until it ends, the model is kept in memory.
 *
 * @param id unique among all hosts
 * @param owner who holds it, as they call themselves
 * @param ttl for how long it was asked for at last
 * @param until when it ends
 */
public record Lease(String id, ModelKey model, String owner, Duration ttl, Instant createdAt, Instant until) {
    Lease renewed(Duration time, Instant now) {
        return new Lease(id, model, owner, time, createdAt, now.plus(time));
    }
}
