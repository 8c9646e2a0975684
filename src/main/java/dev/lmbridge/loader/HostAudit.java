package dev.lmbridge.loader;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.store.AuditEntry;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What of that which happens to a host is written down: that a model was loaded or unloaded by us, or could not be. */
final class HostAudit {
    private static final String ACTOR = "bridge";
    private static final String SUCCESS = "success";

    private HostAudit() {}

    /** @param asker the request that it was done for, if one is known */
    static Optional<AuditEntry> entry(Instant at, String host, HostNotice notice, @Nullable String asker) {
        return switch (notice) {
            case HostNotice.LoadSucceeded done ->
                Optional.of(entry(at, host, "loaded", SUCCESS, done.model(), done.identifier(), asker, null));
            case HostNotice.LoadFailed failed ->
                Optional.of(entry(
                        at,
                        host,
                        "load_failed",
                        code(failed.failure()),
                        failed.model(),
                        null,
                        asker,
                        failed.failure()));
            case HostNotice.Unloaded done ->
                Optional.of(entry(at, host, "unloaded", SUCCESS, done.model(), done.identifier(), asker, null));
            case HostNotice.UnloadFailed failed ->
                Optional.of(entry(
                        at,
                        host,
                        "unload_failed",
                        code(failed.failure()),
                        failed.model(),
                        failed.identifier(),
                        asker,
                        failed.failure()));
            default -> Optional.empty();
        };
    }

    private static AuditEntry entry(
            Instant at,
            String host,
            String action,
            String outcome,
            ModelKey model,
            @Nullable String identifier,
            @Nullable String asker,
            @Nullable Failure failure) {
        return new AuditEntry(
                at,
                ACTOR,
                action,
                outcome,
                model.value(),
                identifier,
                host,
                asker,
                failure == null ? null : failure.detail());
    }

    private static String code(Failure failure) {
        return failure.code().text();
    }
}
