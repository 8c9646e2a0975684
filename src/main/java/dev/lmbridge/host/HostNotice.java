package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a host's observers may want to know: for logs, metrics and events. */
public sealed interface HostNotice {
    record Queued(ModelKey model, int position) implements HostNotice {}

    record Loading(ModelKey model, String identifier, Duration ttl, int percent) implements HostNotice {}

    record LoadSucceeded(
            ModelKey model, String identifier, @Nullable Duration ttl, Duration took) implements HostNotice {}

    record LoadFailed(ModelKey model, Failure failure, Duration took) implements HostNotice {}

    record Found(ModelKey model, String identifier, boolean foreign) implements HostNotice {}

    record Unloaded(ModelKey model, String identifier, Cause cause) implements HostNotice {}

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

    /** What changes a host. */
    enum Change {
        LOAD,
        UNLOAD
    }

    /** An operation that another waits for. */
    record Ahead(Change change, ModelKey model) {}

    /** What was last seen is too old to decide a request by: the host is looked at first. */
    record CallerLooks(String caller) implements HostNotice {}

    /**
     * A request has become an operation of its own.
     *
     * @param position its place in the queue, 1 for the next
     * @param ahead how many operations go before it, the one under way included
     * @param behind the first of those, in their order
     */
    record CallerQueued(
            String caller, long operation, Change change, ModelKey model, int position, int ahead, List<Ahead> behind)
            implements HostNotice {
        public CallerQueued {
            behind = List.copyOf(behind);
        }
    }

    /**
     * A request waits for a load that others have asked for.
     *
     * @param underWay whether its process has begun
     * @param others how many wait for it already
     */
    record CallerJoined(String caller, long operation, ModelKey model, boolean underWay, int others)
            implements HostNotice {}

    /** An operation has its turn. What is told of this model from here on, until the next one begins, is its doing. */
    record Begun(long operation, Change change, ModelKey model, int attempt, int callers) implements HostNotice {}

    /** The instance of a load is listed by the host. What its TTL is, and whether it stays, is not known yet. */
    record Appeared(ModelKey model, String identifier) implements HostNotice {}

    /** Nobody waits for a load any more and other operations do: it is ended. */
    record Abandoned(ModelKey model, String identifier) implements HostNotice {}

    record HostUp() implements HostNotice {}

    record HostDown(String why) implements HostNotice {}

    /** An instance that nobody uses goes, so that another model has room. */
    record MakesRoom(ModelKey model, String identifier, ModelKey forModel) implements HostNotice {}

    /**
     * A load waits for memory.
     *
     * @param freeBytes what is free now; null without a budget
     * @param closed instances in use that admit nobody else, so that they can go
     */
    record WaitsForMemory(
            ModelKey model, long requiredBytes, @Nullable Long freeBytes, List<String> closed) implements HostNotice {
        public WaitsForMemory {
            closed = List.copyOf(closed);
        }
    }

    /** The host has refused a load for want of memory. So many bytes are made free, and it is tried once more. */
    record MemoryRefused(ModelKey model, Failure failure, long freesBytes) implements HostNotice {}

    /** A load that nobody waits for is dropped, because there is no room for it now. */
    record NoRoom(ModelKey model, long requiredBytes) implements HostNotice {}

    /** Something is not as it should be. */
    record FindingBegan(Finding finding) implements HostNotice {}

    /** It is again. */
    record FindingEnded(Finding finding, Duration lasted) implements HostNotice {}

    /** Something is done about a finding: {@code cause} tells what, {@code attempt} how often it was lately. */
    record Repairing(ModelKey model, Cause cause, int attempt) implements HostNotice {}

    /** The host's TTL of an instance begins anew; {@code proven} tells whether the host has said so. */
    record Rearmed(ModelKey model, String identifier, boolean proven) implements HostNotice {}

    /** The host's TTL of an instance could not be made to begin anew; it is tried again. */
    record RearmFailed(ModelKey model, String identifier, String why, int attempt) implements HostNotice {}

    /** An instance that somebody else has loaded is treated as our own. */
    record Adopted(ModelKey model, String identifier) implements HostNotice {}

    record LeaseCreated(Lease lease) implements HostNotice {}

    record LeaseRenewed(Lease lease) implements HostNotice {}

    record LeaseReleased(Lease lease) implements HostNotice {}

    record LeaseExpired(Lease lease) implements HostNotice {}

    /** A model was pinned, or its pin was taken away. */
    record Pinned(ModelKey model, @Nullable Integer contextLength, boolean pinned) implements HostNotice {}
}
