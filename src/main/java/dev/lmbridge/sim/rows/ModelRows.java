package dev.lmbridge.sim.rows;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Models and instances in the shapes that the client's schemas demand: a missing or mistyped field makes {@code lms} wait for ever.
 * Source: {@code ModelInfoBase.ts}, {@code LLMModelInfo.ts} and {@code EmbeddingModelInfo.ts} of lmstudio-js {@code 6ec11db}.
 */
public final class ModelRows {
    private ModelRows() {}

    public static ObjectNode model(CatalogueModel model) {
        return withLimits(identity(model), model);
    }

    /** One variant, as a model of its own. */
    public static ObjectNode variant(CatalogueModel model, String variantKey) {
        ObjectNode json = identity(model).put("modelKey", variantKey);
        json.remove(List.of("variants", "selectedVariant"));
        putQuantization(json, model.quantizationOf(variantKey));
        return withLimits(json, model);
    }

    public static ObjectNode instance(Instance instance) {
        CatalogueModel model = instance.model();
        Duration ttl = instance.ttl();
        Instant lastUsed = instance.lastUsed();
        ObjectNode json = identity(model)
                .put("identifier", instance.identifier())
                .put("instanceReference", instance.reference())
                .put("ttlMs", ttl == null ? null : ttl.toMillis())
                .put("lastUsedTime", lastUsed == null ? null : lastUsed.toEpochMilli());
        return withLimits(json, model).put("contextLength", instance.contextLength());
    }

    private static ObjectNode identity(CatalogueModel model) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("type", model.type().wireName())
                .put("modelKey", model.modelKey())
                .put("format", model.format())
                .put("displayName", model.displayName())
                .put("publisher", model.publisher())
                .put("path", model.path())
                .put("sizeBytes", model.sizeBytes())
                .put("indexedModelIdentifier", model.path())
                .putNull("deviceIdentifier");
        putIfPresent(json, "paramsString", model.paramsString());
        json.put("architecture", model.architecture());
        putQuantization(json, model.quantization());
        if (!model.variants().isEmpty()) {
            ArrayNode variants = json.putArray("variants");
            model.variants().forEach(variants::add);
            putIfPresent(json, "selectedVariant", model.selectedVariant());
        }
        return json;
    }

    private static ObjectNode withLimits(ObjectNode json, CatalogueModel model) {
        if (!model.isEmbedding()) {
            json.put("vision", model.vision()).put("trainedForToolUse", model.trainedForToolUse());
        }
        return json.put("maxContextLength", model.maxContextLength());
    }

    private static void putIfPresent(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value);
        }
    }

    private static void putQuantization(ObjectNode json, CatalogueModel.Quantization quantization) {
        json.putObject("quantization").put("name", quantization.name()).put("bits", quantization.bits());
    }
}
