package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An instance that a look at the host has shown.
 *
 * @param identifier the name that the host knows it by
 * @param foreign true if somebody else loaded it
 * @param contextLength in tokens, null if the host does not say
 * @param ttl the host's idle TTL, null if it has none or it was not read yet
 * @param ttlKnown whether {@code ttl} was read from the host
 * @param verifiedAt when it was last seen there
 * @param hostLastUsed what the host said about its last use, null if nothing
 */
public record Instance(
        String identifier,
        ModelKey key,
        boolean foreign,
        @Nullable Integer contextLength,
        @Nullable Duration ttl,
        boolean ttlKnown,
        Instant loadedAt,
        Instant verifiedAt,
        @Nullable Instant hostLastUsed,
        Usage usage) {

    /**
     * Admits one request, unless the instance is about to go. Whoever got {@code true} must {@link #leave()} once: no object stands for
     * the right, because this is on the way of every request, so the request itself remembers that it holds it.
     *
     * @param ttlMillis how long the instance is to stay after the request; the longest of those who use it at once counts
     */
    public boolean admit(long ttlMillis) {
        return usage.enter(ttlMillis);
    }

    /** Admits one request that says nothing of how long the instance is to stay. */
    public boolean admit() {
        return usage.enter();
    }

    /** An admitted request is over. */
    public void leave() {
        usage.leave();
    }

    /** It has answered a part of a request: nothing proves better that it is there. */
    public void alive(Instant now) {
        usage.alive(now);
    }

    /** When it was last known to be there, by a look or by an answer of its own. */
    public Instant lastSeen() {
        Instant alive = usage.seenAlive();
        return alive != null && alive.isAfter(verifiedAt) ? alive : verifiedAt;
    }

    /** Whether a look or an answer of its own has shown it within {@code age} of {@code now}. */
    public boolean isSeenWithin(Duration age, Instant now) {
        return !lastSeen().plus(age).isBefore(now);
    }

    /** How many requests of this node use it now. */
    public int inFlight() {
        return usage.gate().inFlight();
    }

    /** The latest use that either the host or this node knows of; null if neither knows one. */
    public @Nullable Instant lastUsed() {
        Instant ours = usage.lastUsed();
        Instant theirs = hostLastUsed;
        if (ours == null || theirs == null) {
            return ours == null ? theirs : ours;
        }
        return ours.isAfter(theirs) ? ours : theirs;
    }

    /** How long it stays when nobody uses it: of what is not ours only the host knows, and null means that it does not say. */
    public @Nullable Duration ttlInForce() {
        return foreign ? ttl : usage.ttl();
    }

    /** When the host will drop it if nobody uses it; null without a TTL. A model at work is not idle. */
    public @Nullable Instant hostEnd(Instant now) {
        if (ttl == null) {
            return null;
        }
        Instant used = lastUsed();
        Instant idleSince = inFlight() > 0 ? now : used == null || used.isBefore(loadedAt) ? loadedAt : used;
        return idleSince.plus(ttl);
    }

    /** Its TTL at the host is known to have begun anew at this time. */
    Instance armedAt(Instant when) {
        return new Instance(identifier, key, foreign, contextLength, ttl, ttlKnown, loadedAt, verifiedAt, when, usage);
    }

    boolean isOpen() {
        return !usage.gate().isClosed();
    }

    /** Whether a request that needs {@code wanted} tokens of context can use it; null means any. */
    boolean fits(@Nullable Integer wanted) {
        return wanted == null || (contextLength != null && contextLength >= wanted);
    }

    Instance seenAt(Instant when, @Nullable Integer context) {
        return new Instance(
                identifier,
                key,
                foreign,
                context == null ? contextLength : context,
                ttl,
                ttlKnown,
                loadedAt,
                when,
                hostLastUsed,
                usage);
    }

    Instance confirmedBy(InstanceRow row) {
        usage.told(row.parallel());
        return new Instance(
                identifier,
                key,
                foreign,
                row.contextLength() == null ? contextLength : row.contextLength(),
                row.ttl(),
                true,
                loadedAt,
                verifiedAt,
                row.lastUsed(),
                usage);
    }
}
