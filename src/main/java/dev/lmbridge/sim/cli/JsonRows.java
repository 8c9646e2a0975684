package dev.lmbridge.sim.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.rows.ModelRows;

/** The rows of {@code ps --json} and {@code ls --json}, with their fields in the order of {@code lms} 0.3.43. */
final class JsonRows {
    private JsonRows() {}

    /** The row that LM Studio gives, without its internal name, and with what {@code lms} asks for apart from it. */
    static ObjectNode instance(Instance instance) {
        ObjectNode row = ModelRows.instance(instance);
        row.remove("instanceReference");
        return row.put("status", instance.status().wireName())
                .put("queued", instance.queued())
                .put("parallel", instance.model().isEmbedding() ? null : (Integer) instance.parallel());
    }

    static ArrayNode variants(CatalogueModel model) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        model.variants().forEach(variant -> rows.add(ModelRows.variant(model, variant)));
        return rows;
    }
}
