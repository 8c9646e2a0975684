package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Instant;

/** What is to stay loaded on a host whether or not it is used: leases and pins. */
public record Holds() {
    static final Holds NONE = new Holds();

    /** Whether the model is to be in memory though nobody uses it. */
    public boolean wants(ModelKey model, Instant now) {
        return false;
    }
}
