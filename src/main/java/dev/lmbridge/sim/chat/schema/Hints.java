package dev.lmbridge.sim.chat.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Values for a field that the request itself suggests. */
@FunctionalInterface
public interface Hints {
    Hints NONE = (name, schema) -> List.of();

    /**
     * Values that may fit, best first; they need not follow the schema.
     *
     * @param name the field's name, empty for the document itself
     */
    List<JsonNode> suggest(String name, ObjectNode schema);
}
