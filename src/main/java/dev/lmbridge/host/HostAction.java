package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the core wants done. It performs nothing itself. */
public sealed interface HostAction {
    /** Look at the host over HTTP; answer with {@link HostEvent.Observed} or {@link HostEvent.ObservationFailed}. */
    record Look() implements HostAction {}

    /** Run {@code lms load}; answer with {@link HostEvent.ProcessEnded}. */
    record RunLoad(
            long operation,
            ModelKey key,
            String identifier,
            Duration ttl,
            @Nullable Integer contextLength,
            Duration deadline)
            implements HostAction {}

    /** Run {@code lms unload}; answer with {@link HostEvent.ProcessEnded}. */
    record RunUnload(long operation, String identifier, Duration deadline) implements HostAction {}

    /** Run {@code lms ps --json}; answer with {@link HostEvent.RowsRead} or {@link HostEvent.RowsFailed}. */
    record ReadRows(Duration deadline) implements HostAction {}

    /** A load grows: end its process only after this long from now. */
    record Postpone(long operation, Duration deadline) implements HostAction {}

    /** End the process of an operation. */
    record Interrupt(long operation) implements HostAction {}

    record Reply(String caller, Answer answer) implements HostAction {}

    record Tell(HostNotice notice) implements HostAction {}

    /** Run {@code lms load --estimate-only}; answer with {@link HostEvent.Estimated}. */
    record Estimate(ModelKey key, @Nullable Integer contextLength, Duration deadline) implements HostAction {}

    /**
     * Use an instance in the smallest way there is, so that its TTL at the host begins anew; answer with {@link HostEvent.Rearmed}. The
     * core holds its gate meanwhile.
     *
     * @param identifier what is asked for as the model
     */
    record Rearm(String identifier, CatalogModel.Kind kind, Duration deadline) implements HostAction {}

    /** End the requests that use an instance, each with an error that its client can read. */
    record EndUsers(String identifier) implements HostAction {}
}
