package dev.lmbridge.loader;

import dev.lmbridge.host.Answer;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.Lease;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The JSON of leases and pins, between a node's parts and one host's loader, and out to clients. */
final class HoldMessages {
    private HoldMessages() {}

    static JsonObject lease(String caller, String id, String name, String owner, Duration ttl) {
        return message("lease", caller)
                .put("id", id)
                .put("name", name)
                .put("owner", owner)
                .put("ttlMillis", ttl.toMillis());
    }

    static JsonObject renew(String caller, String id, @Nullable Duration ttl) {
        return message("renew", caller).put("id", id).put("ttlMillis", ttl == null ? null : ttl.toMillis());
    }

    static JsonObject release(String caller, String id) {
        return message("release", caller).put("id", id);
    }

    static JsonObject pin(String caller, String name, @Nullable Integer contextLength, boolean pinned) {
        return message("pin", caller)
                .put("name", name)
                .put("contextLength", contextLength)
                .put("pinned", pinned);
    }

    private static JsonObject message(String order, String caller) {
        return new JsonObject().put("order", order).put("caller", caller);
    }

    static HostEvent asked(JsonObject message) {
        String caller = message.getString("caller");
        Long millis = message.getLong("ttlMillis");
        Duration ttl = millis == null ? null : Duration.ofMillis(millis);
        return switch (message.getString("order")) {
            case "lease" ->
                new HostEvent.LeaseAsked(
                        caller,
                        message.getString("id"),
                        message.getString("name"),
                        message.getString("owner"),
                        Objects.requireNonNull(ttl));
            case "renew" -> new HostEvent.LeaseRenewed(caller, message.getString("id"), ttl);
            case "release" -> new HostEvent.LeaseReleased(caller, message.getString("id"));
            case "pin" ->
                new HostEvent.PinAsked(
                        caller,
                        message.getString("name"),
                        message.getInteger("contextLength"),
                        message.getBoolean("pinned"));
            default -> throw new IllegalArgumentException("no such order: " + message.getString("order"));
        };
    }

    /** A lease as clients see it. */
    static JsonObject lease(Lease lease, boolean loaded, String host) {
        return new JsonObject()
                .put("id", lease.id())
                .put("model", lease.model().value())
                .put("host", host)
                .put("owner", lease.owner())
                .put("ttlSeconds", lease.ttl().toSeconds())
                .put("expiresAt", lease.until().toString())
                .put("createdAt", lease.createdAt().toString())
                .put("loaded", loaded);
    }

    static JsonObject pinned(Answer.Pinned pinned, String host) {
        return new JsonObject()
                .put("model", pinned.model().value())
                .put("host", host)
                .put("pinned", pinned.pinned())
                .put("loaded", pinned.loaded());
    }
}
