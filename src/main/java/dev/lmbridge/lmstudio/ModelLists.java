package dev.lmbridge.lmstudio;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.InstanceName;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads LM Studio's model lists. Fields that are missing or of another type count as not told; a row whose name is
 * malformed is left out, since nothing could be done with it.
 */
final class ModelLists {
    private ModelLists() {}

    /** {@code GET /api/v1/models} (LM Studio 0.4.0 or newer): catalogue and instances in one document. */
    static Optional<Observation> v1(JsonObject body) {
        if (!(body.getValue("models") instanceof JsonArray rows)) {
            return Optional.empty();
        }
        List<CatalogModel> models = new ArrayList<>();
        List<LoadedModel> loaded = new ArrayList<>();
        for (JsonObject row : objects(rows)) {
            key(text(row, "key")).ifPresent(key -> {
                models.add(new CatalogModel(
                        key,
                        text(row, "type").equals("embedding") ? CatalogModel.Kind.EMBEDDING : CatalogModel.Kind.LLM,
                        text(row, "display_name"),
                        text(row, "publisher"),
                        number(row, "size_bytes"),
                        tokens(row, "max_context_length"),
                        strings(row, "variants")));
                if (row.getValue("loaded_instances") instanceof JsonArray instances) {
                    for (JsonObject instance : objects(instances)) {
                        loadedInstance(key, instance).ifPresent(loaded::add);
                    }
                }
            });
        }
        return Optional.of(new Observation(new Catalog(models), loaded));
    }

    private static Optional<LoadedModel> loadedInstance(ModelKey key, JsonObject instance) {
        String id = text(instance, "id");
        if (id.isEmpty()) {
            return Optional.empty();
        }
        JsonObject config = instance.getValue("config") instanceof JsonObject given ? given : new JsonObject();
        int context = tokens(config, "context_length");
        return Optional.of(new LoadedModel(id, key, context == 0 ? null : context, tokens(config, "parallel")));
    }

    /**
     * {@code GET /api/v0/models} (LM Studio 0.3.6 or newer). It lists instances by their identifier and does not name their
     * key: the identifiers that the bridge gives tell it, and LM Studio's own {@code key:2} do.
     */
    static Optional<Observation> v0(JsonObject body) {
        if (!(body.getValue("data") instanceof JsonArray rows)) {
            return Optional.empty();
        }
        Set<String> ids = new HashSet<>();
        objects(rows).forEach(row -> ids.add(text(row, "id")));
        List<CatalogModel> models = new ArrayList<>();
        List<LoadedModel> loaded = new ArrayList<>();
        for (JsonObject row : objects(rows)) {
            String id = text(row, "id");
            String keyText = InstanceName.key(id).orElseGet(() -> withoutSuffix(id, ids));
            key(keyText).ifPresent(key -> {
                if (keyText.equals(id)
                        || models.stream().noneMatch(model -> model.key().equals(key))) {
                    models.removeIf(model -> model.key().equals(key));
                    models.add(new CatalogModel(
                            key,
                            text(row, "type").equals("embeddings")
                                    ? CatalogModel.Kind.EMBEDDING
                                    : CatalogModel.Kind.LLM,
                            keyText,
                            text(row, "publisher"),
                            0,
                            tokens(row, "max_context_length"),
                            List.of()));
                }
                if (text(row, "state").equals("loaded")) {
                    int context = tokens(row, "loaded_context_length");
                    loaded.add(new LoadedModel(id, key, context == 0 ? null : context));
                }
            });
        }
        return Optional.of(new Observation(new Catalog(models), loaded));
    }

    private static String withoutSuffix(String id, Set<String> ids) {
        String stem = id.replaceFirst(":\\d+$", "");
        return ids.contains(stem) ? stem : id;
    }

    private static Optional<ModelKey> key(String text) {
        return ModelKey.problem(text).isPresent() ? Optional.empty() : Optional.of(new ModelKey(text));
    }

    private static List<JsonObject> objects(JsonArray rows) {
        List<JsonObject> objects = new ArrayList<>();
        for (Object row : rows) {
            if (row instanceof JsonObject object) {
                objects.add(object);
            }
        }
        return objects;
    }

    private static List<String> strings(JsonObject row, String field) {
        List<String> strings = new ArrayList<>();
        if (row.getValue(field) instanceof JsonArray values) {
            values.forEach(value -> {
                if (value instanceof String text) {
                    strings.add(text);
                }
            });
        }
        return strings;
    }

    private static String text(JsonObject row, String field) {
        return row.getValue(field) instanceof String text ? text : "";
    }

    private static int tokens(JsonObject row, String field) {
        return (int) Math.min(Integer.MAX_VALUE, number(row, field));
    }

    private static long number(JsonObject row, String field) {
        return row.getValue(field) instanceof Number number && number.doubleValue() > 0 ? number.longValue() : 0;
    }
}
