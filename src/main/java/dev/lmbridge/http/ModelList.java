package dev.lmbridge.http;

import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.HostHandle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** OpenAI's list of models: what is on disk, what is in memory, and the aliases, each with its state. */
final class ModelList {
    private ModelList() {}

    static JsonArray of(Fleet fleet) {
        Map<String, JsonObject> rows = new LinkedHashMap<>();
        fleet.hosts()
                .forEach(host -> host.view().catalog().models().forEach(model -> {
                    String key = model.key().value();
                    rows.merge(key, row(key, isLoaded(host, key)), (one, other) -> isLoaded(one) ? one : other);
                }));
        // Whoever loaded an instance under a name of its own may ask for it by that name.
        fleet.hosts()
                .forEach(host -> host.view().instances().values().stream()
                        .filter(instance -> instance.foreign())
                        .forEach(
                                instance -> rows.putIfAbsent(instance.identifier(), row(instance.identifier(), true))));
        fleet.aliases().forEach((alias, keys) -> rows.put(alias, alias(alias, keys, rows)));
        return new JsonArray(List.copyOf(rows.values()));
    }

    private static JsonObject alias(String alias, List<String> keys, Map<String, JsonObject> rows) {
        JsonObject first = keys.isEmpty() ? null : rows.get(keys.getFirst());
        return row(alias, first != null && isLoaded(first)).put("alias_of", new JsonArray(keys));
    }

    private static boolean isLoaded(HostHandle host, String key) {
        return host.view().instances().values().stream()
                .anyMatch(instance -> instance.key().value().equals(key));
    }

    private static boolean isLoaded(JsonObject row) {
        return "loaded".equals(row.getString("state"));
    }

    private static JsonObject row(String id, boolean loaded) {
        // OpenAI's clients insist on "created"; nobody knows when a local model was made.
        return new JsonObject()
                .put("id", id)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "lm-bridge")
                .put("state", loaded ? "loaded" : "not-loaded");
    }
}
