package dev.lmbridge.loader;

import dev.lmbridge.host.Answer;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.HostView;
import dev.lmbridge.host.Instance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The JSON that goes between a node's parts and one host's loader, and out to clients. */
public final class LoaderMessages {
    private LoaderMessages() {}

    static JsonObject ensure(
            String caller,
            String name,
            Duration ttl,
            @Nullable Integer contextLength,
            Instant queueUntil,
            @Nullable Instant viewSince,
            @Nullable String request) {
        JsonObject message = new JsonObject()
                .put("caller", caller)
                .put("name", name)
                .put("ttlMillis", ttl.toMillis())
                .put("queueUntil", queueUntil.toEpochMilli());
        if (request != null) {
            message.put("request", request);
        }
        if (contextLength != null) {
            message.put("contextLength", contextLength);
        }
        if (viewSince != null) {
            message.put("viewSince", viewSince.toEpochMilli());
        }
        return message;
    }

    static HostEvent.EnsureAsked ensureAsked(JsonObject message) {
        Long viewSince = message.getLong("viewSince");
        return new HostEvent.EnsureAsked(
                message.getString("caller"),
                message.getString("name"),
                Duration.ofMillis(message.getLong("ttlMillis")),
                message.getInteger("contextLength"),
                Instant.ofEpochMilli(message.getLong("queueUntil")),
                viewSince == null ? null : Instant.ofEpochMilli(viewSince));
    }

    static JsonObject unload(
            String caller,
            String name,
            boolean force,
            Instant queueUntil,
            @Nullable Instant patience,
            @Nullable String request) {
        JsonObject message = new JsonObject()
                .put("caller", caller)
                .put("name", name)
                .put("force", force)
                .put("queueUntil", queueUntil.toEpochMilli());
        if (patience != null) {
            message.put("patience", patience.toEpochMilli());
        }
        return request == null ? message : message.put("request", request);
    }

    static HostEvent.UnloadAsked unloadAsked(JsonObject message) {
        Long patience = message.getLong("patience");
        return new HostEvent.UnloadAsked(
                message.getString("caller"),
                message.getString("name"),
                message.getBoolean("force", false),
                Instant.ofEpochMilli(message.getLong("queueUntil")),
                patience == null ? Instant.MIN : Instant.ofEpochMilli(patience));
    }

    /** The answer to ensure and load, as clients see it; {@code tookMs} is added where the clock is. */
    static JsonObject ready(Answer.Ready ready, String host) {
        Instance instance = ready.instance();
        return new JsonObject()
                .put("model", instance.key().value())
                .put("identifier", instance.identifier())
                .put("host", host)
                .put("alreadyLoaded", ready.alreadyLoaded())
                .put("verified", true)
                .put("ttlSeconds", secondsOrNull(ready.ttl()))
                .put(
                        "expiresAt",
                        ready.expiresAt() == null ? null : ready.expiresAt().toString())
                .put("attempts", ready.attempts())
                .put("warnings", new JsonArray(ready.warnings()));
    }

    static JsonObject unloaded(Answer.Unloaded unloaded, String host) {
        return new JsonObject()
                .put("model", unloaded.model().value())
                .put("host", host)
                .put("unloaded", new JsonArray(unloaded.identifiers()));
    }

    /** What {@code GET /bridge/v1/models} lists of one host: every model, with its instances or as not loaded. */
    static void list(JsonArray rows, HostHandle host, boolean loadedOnly, Instant now, ToIntFunction<Instance> queued) {
        HostView view = host.view();
        view.instances()
                .values()
                .forEach(instance -> rows.add(row(host, instance, now).put("queued", queued.applyAsInt(instance))));
        if (loadedOnly) {
            return;
        }
        List<String> loaded = view.instances().values().stream()
                .map(instance -> instance.key().value())
                .toList();
        view.catalog().models().stream()
                .filter(model -> !loaded.contains(model.key().value()))
                .forEach(model -> rows.add(withPercent(
                        view,
                        model.key().value(),
                        new JsonObject()
                                .put("model", model.key().value())
                                .put("identifier", null)
                                .put("host", host.name())
                                .put("state", stateOf(view, model.key().value()))
                                .put("sizeBytes", model.sizeBytes())
                                .put("simulated", host.simulated()))));
    }

    private static JsonObject withPercent(HostView view, String key, JsonObject row) {
        view.waiting().stream()
                .filter(waiting -> waiting.operation().equals("load")
                        && waiting.model().value().equals(key)
                        && waiting.percent() >= 0)
                .findFirst()
                .ifPresent(waiting -> row.put("percent", waiting.percent()));
        return row;
    }

    private static String stateOf(HostView view, String key) {
        return view.waiting().stream()
                .filter(waiting -> waiting.operation().equals("load")
                        && waiting.model().value().equals(key))
                .findFirst()
                .map(waiting -> waiting.position() == 0 ? "loading" : "queued")
                .orElse("not-loaded");
    }

    private static JsonObject row(HostHandle host, Instance instance, Instant now) {
        long size = host.view()
                .catalog()
                .find(instance.key().value())
                .map(model -> model.sizeBytes())
                .orElse(0L);
        return new JsonObject()
                .put("model", instance.key().value())
                .put("identifier", instance.identifier())
                .put("host", host.name())
                .put("state", "loaded")
                .put("verifiedAt", instance.lastSeen().toString())
                .put("ttlSeconds", secondsOrNull(instance.ttlInForce()))
                .put("lastUsed", text(instance.lastUsed()))
                .put("expiresAt", text(host.view().holds().expiresAt(instance, now)))
                .put("pinned", host.view().holds().isPinned(instance.key()))
                .put("leases", host.view().holds().leases().of(instance.key()))
                .put("inFlight", instance.inFlight())
                .put("queued", 0)
                .put("sizeBytes", size)
                .put("contextLength", instance.contextLength())
                .put("foreign", instance.foreign())
                .put("simulated", host.simulated());
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static @Nullable Long secondsOrNull(@Nullable Duration ttl) {
        return ttl == null ? null : ttl.toSeconds();
    }

    static HostEvent drainAsked(JsonObject body) {
        return body.getBoolean("draining", true) ? new HostEvent.DrainAsked() : new HostEvent.ResumeAsked();
    }
}
