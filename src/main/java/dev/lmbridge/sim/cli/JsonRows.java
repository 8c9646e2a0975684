package dev.lmbridge.sim.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The rows of {@code ps --json} and {@code ls --json}, with their fields in the order of {@code lms} 0.3.43. */
final class JsonRows {
    private JsonRows() {}

    static ObjectNode instance(Instance instance) {
        CatalogueModel model = instance.model();
        ObjectNode row = file(model);
        row.put("identifier", instance.identifier());
        Duration ttl = instance.ttl();
        row.put("ttlMs", ttl == null ? null : (Long) ttl.toMillis());
        Instant used = instance.lastUsed();
        row.put("lastUsedTime", used == null ? null : (Long) used.toEpochMilli());
        abilities(row, model);
        row.put("contextLength", instance.contextLength());
        row.put("status", instance.status().wireName());
        row.put("queued", instance.queued());
        row.put("parallel", model.isEmbedding() ? null : (Integer) instance.parallel());
        return row;
    }

    static ObjectNode model(CatalogueModel model) {
        ObjectNode row = file(model);
        abilities(row, model);
        return row;
    }

    static ArrayNode variants(CatalogueModel model) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (String variant : model.variants()) {
            ObjectNode row = model(model);
            row.put("modelKey", variant);
            row.remove(List.of("variants", "selectedVariant"));
            putQuantization(row, model.quantizationOf(variant));
            rows.add(row);
        }
        return rows;
    }

    private static ObjectNode file(CatalogueModel model) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("type", model.type().wireName());
        row.put("modelKey", model.modelKey());
        row.put("format", model.format());
        row.put("displayName", model.displayName());
        row.put("publisher", model.publisher());
        row.put("path", model.path());
        row.put("sizeBytes", model.sizeBytes());
        row.put("indexedModelIdentifier", model.path());
        row.putNull("deviceIdentifier");
        if (model.paramsString() != null) {
            row.put("paramsString", model.paramsString());
        }
        row.put("architecture", model.architecture());
        putQuantization(row, model.quantization());
        if (!model.variants().isEmpty()) {
            ArrayNode variants = row.putArray("variants");
            model.variants().forEach(variants::add);
            row.put("selectedVariant", model.selectedVariant());
        }
        return row;
    }

    private static void abilities(ObjectNode row, CatalogueModel model) {
        if (!model.isEmbedding()) {
            row.put("vision", model.vision());
            row.put("trainedForToolUse", model.trainedForToolUse());
        }
        row.put("maxContextLength", model.maxContextLength());
    }

    private static void putQuantization(ObjectNode row, CatalogueModel.Quantization quantization) {
        row.putObject("quantization").put("name", quantization.name()).put("bits", quantization.bits());
    }
}
