package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a host's observers may want to know: for logs, metrics and events. */
public sealed interface HostNotice {
    record Queued(ModelKey model, int position) implements HostNotice {}

    record Loading(ModelKey model, String identifier, Duration ttl, int percent) implements HostNotice {}

    record LoadSucceeded(
            ModelKey model, String identifier, @Nullable Duration ttl, Duration took) implements HostNotice {}

    record LoadFailed(ModelKey model, Failure failure, Duration took) implements HostNotice {}

    record Found(ModelKey model, String identifier, boolean foreign) implements HostNotice {}

    record Unloaded(ModelKey model, String identifier) implements HostNotice {}

    record UnloadFailed(ModelKey model, String identifier, Failure failure) implements HostNotice {}

    record Expired(ModelKey model, String identifier) implements HostNotice {}

    record Vanished(ModelKey model, String identifier) implements HostNotice {}

    /** {@code lms ps} could not be read, so TTLs are unproven for now. */
    record RowsUnread(Failure failure) implements HostNotice {}

    /** A load failed and is tried again. */
    record Retrying(ModelKey model, Failure failure, int attempt, Duration pause) implements HostNotice {}

    /** A load was ended by force, and may go on at the host. */
    record Doubted(ModelKey model, String identifier) implements HostNotice {}

    /** The doubt has ended; {@code appeared} tells whether the host has loaded the model after all. */
    record DoubtOver(ModelKey model, String identifier, boolean appeared) implements HostNotice {}

    /** What a breaker stands before. */
    enum Scope {
        HOST,
        MODEL
    }

    /** {@code name} is the model's key, and empty for the host. */
    record BreakerOpened(Scope scope, String name, int failures, Duration recovery) implements HostNotice {}

    /** One attempt is let through. */
    record BreakerTried(Scope scope, String name) implements HostNotice {}

    record BreakerClosed(Scope scope, String name) implements HostNotice {}

    record HostUp() implements HostNotice {}

    record HostDown(String why) implements HostNotice {}
}
