package dev.lmbridge.loader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants of a lease, checked in itself.
 *
 * @param model null means the default model
 * @param host null means any
 * @param owner who is to hold it, as they call themselves
 */
public record LeaseCommand(@Nullable String model, @Nullable String host, String owner, Duration ttl) {}
