package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to a host. */
public sealed interface HostEvent {
    /**
     * Somebody needs a model.
     *
     * @param caller the caller's id, unique on this host
     * @param name a catalogue key, or the identifier of a loaded instance
     * @param ttl the idle TTL to load it with
     * @param contextLength the least context in tokens, null for the host's default
     * @param queueUntil until when the caller waits for its turn
     * @param viewSince only a look that began at this time or later may decide it; null if any fresh one will do
     */
    record EnsureAsked(
            String caller,
            String name,
            Duration ttl,
            @Nullable Integer contextLength,
            Instant queueUntil,
            @Nullable Instant viewSince)
            implements HostEvent {}

    /**
     * Somebody wants a model gone; {@code force} also if it is in use.
     *
     * @param patience until when those who use it have time to end; {@link Instant#MIN} to be refused at once
     */
    record UnloadAsked(String caller, String name, boolean force, Instant queueUntil, Instant patience)
            implements HostEvent {
        /** One that is refused at once while the model is in use. */
        public UnloadAsked(String caller, String name, boolean force, Instant queueUntil) {
            this(caller, name, force, queueUntil, Instant.MIN);
        }
    }

    /** A caller no longer waits. */
    record CallerLeft(String caller) implements HostEvent {}

    /** A look that began at {@code startedAt} has seen this. */
    record Observed(Observation observation, Instant startedAt) implements HostEvent {}

    /** A look failed; {@code refused} means that nothing listens there. */
    record ObservationFailed(String why, boolean refused) implements HostEvent {}

    /** {@code lms load} tells how far it is. */
    record LoadProgressed(long operation, int percent) implements HostEvent {}

    /**
     * The process of an operation has ended.
     *
     * @param failure null if it claims success
     * @param identifier the name that the host has given to what it loaded; null if it took ours
     */
    record ProcessEnded(
            long operation,
            @Nullable Failure failure,
            @Nullable String identifier) implements HostEvent {
        public ProcessEnded(long operation, @Nullable Failure failure) {
            this(operation, failure, null);
        }
    }

    /** {@code lms ps --json}, begun at {@code startedAt}, has answered a {@link HostAction.ReadRows}. */
    record RowsRead(List<InstanceRow> rows, Instant startedAt) implements HostEvent {}

    /** {@code lms ps --json} failed. */
    record RowsFailed(Failure failure, Instant startedAt) implements HostEvent {}

    /** Time has passed. */
    record Ticked() implements HostEvent {}

    /** The host is taken out of use: no load that waits is begun, and whoever waits for one is told. */
    record DrainAsked() implements HostEvent {}

    /** The host is in use again. */
    record ResumeAsked() implements HostEvent {}

    /** The bridge stops: nothing new is begun, and whoever waits is told. */
    record ShutdownAsked() implements HostEvent {}

    /** What {@code lms} says that a load needs; {@code bytes} is null if it did not say, and {@code failure} tells why. */
    record Estimated(
            ModelKey key,
            @Nullable Integer contextLength,
            @Nullable Long bytes,
            @Nullable Failure failure) implements HostEvent {}

    /** A {@link HostAction.Rearm} has ended; {@code failure} is null if it was answered. */
    record Rearmed(String identifier, @Nullable Failure failure) implements HostEvent {}

    /**
     * Somebody wants a model kept for a time.
     *
     * @param id the lease's, unique among all hosts
     * @param name a catalogue key, or the identifier of a loaded instance
     */
    record LeaseAsked(String caller, String id, String name, String owner, Duration ttl) implements HostEvent {}

    /** A lease is to begin anew, for {@code ttl} or for as long as before. */
    record LeaseRenewed(String caller, String id, @Nullable Duration ttl) implements HostEvent {}

    /** A lease is not needed any more. */
    record LeaseReleased(String caller, String id) implements HostEvent {}

    /** A model is to be kept for good, or no longer. */
    record PinAsked(String caller, String name, @Nullable Integer contextLength, boolean pinned) implements HostEvent {}
}
