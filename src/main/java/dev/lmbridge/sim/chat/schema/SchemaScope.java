package dev.lmbridge.sim.chat.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A whole schema: where its references lead, and what it says once the parts of {@code allOf} are put together. */
public final class SchemaScope {
    private static final int MOST_STEPS = 32;
    private final JsonNode root;

    public SchemaScope(JsonNode root) {
        this.root = root;
    }

    /** What a reference within the document names; nothing for another document, which is never fetched. */
    JsonNode target(String reference) {
        if (reference.equals("#")) {
            return root;
        }
        if (!reference.startsWith("#/")) {
            return MissingNode.getInstance();
        }
        return root.at(reference.substring(1));
    }

    /** The schema without references and {@code allOf}; a schema that is {@code true} or absent allows anything. */
    public ObjectNode flat(JsonNode schema) {
        return flat(schema, 0);
    }

    private ObjectNode flat(JsonNode schema, int steps) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (!schema.isObject() || steps > MOST_STEPS) {
            return result;
        }
        for (Map.Entry<String, JsonNode> entry : schema.properties()) {
            if (!entry.getKey().equals("$ref") && !entry.getKey().equals("allOf")) {
                result.set(entry.getKey(), entry.getValue());
            }
        }
        if (schema.has("$ref")) {
            merge(result, flat(target(schema.path("$ref").asText()), steps + 1));
        }
        for (JsonNode part : schema.path("allOf")) {
            merge(result, flat(part, steps + 1));
        }
        return result;
    }

    /** Adds what the other says: both must hold afterwards. */
    void merge(ObjectNode into, ObjectNode other) {
        JsonNode ourFields = into.path("properties");
        boolean oursOnly = isClosed(into);
        for (Map.Entry<String, JsonNode> entry : other.properties()) {
            String key = entry.getKey();
            JsonNode theirs = entry.getValue();
            JsonNode ours = into.get(key);
            into.set(key, ours == null || ours.equals(theirs) ? theirs : both(key, ours, theirs));
        }
        if (into.path("properties").isObject() && (oursOnly || isClosed(other))) {
            ObjectNode kept = ((ObjectNode) into.path("properties")).deepCopy();
            for (Map.Entry<String, JsonNode> field : into.path("properties").properties()) {
                boolean here = !oursOnly || ourFields.has(field.getKey());
                boolean there = !isClosed(other) || other.path("properties").has(field.getKey());
                if (!here || !there) {
                    kept.remove(field.getKey());
                }
            }
            into.set("properties", kept);
        }
    }

    private static boolean isClosed(ObjectNode schema) {
        JsonNode others = schema.path("additionalProperties");
        return others.isBoolean() && !others.booleanValue();
    }

    private JsonNode both(String key, JsonNode ours, JsonNode theirs) {
        return switch (key) {
            case "properties", "$defs" -> properties(ours, theirs);
            case "items" -> allOf(ours, theirs);
            case "required" -> union(ours, theirs);
            case "enum" -> common(ours, theirs);
            case "type" -> type(ours, theirs);
            case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" -> limit(ours, theirs, 1);
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" -> limit(ours, theirs, -1);
            case "multipleOf" ->
                JsonNodeFactory.instance.numberNode(multiple(ours.decimalValue(), theirs.decimalValue()));
            case "additionalProperties" -> ours.isBoolean() && !ours.booleanValue() ? ours : theirs;
            default -> theirs;
        };
    }

    private static JsonNode properties(JsonNode ours, JsonNode theirs) {
        ObjectNode result = ((ObjectNode) ours).deepCopy();
        for (Map.Entry<String, JsonNode> entry : theirs.properties()) {
            JsonNode there = result.get(entry.getKey());
            result.set(entry.getKey(), there == null ? entry.getValue() : allOf(there, entry.getValue()));
        }
        return result;
    }

    private static JsonNode allOf(JsonNode ours, JsonNode theirs) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.putArray("allOf").add(ours).add(theirs);
        return result;
    }

    private static JsonNode union(JsonNode ours, JsonNode theirs) {
        Set<JsonNode> all = new LinkedHashSet<>();
        ours.forEach(all::add);
        theirs.forEach(all::add);
        return JsonNodeFactory.instance.arrayNode().addAll(all);
    }

    private static JsonNode common(JsonNode ours, JsonNode theirs) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        for (JsonNode one : ours) {
            for (Iterator<JsonNode> others = theirs.elements(); others.hasNext(); ) {
                if (SchemaCheck.same(one, others.next())) {
                    result.add(one);
                }
            }
        }
        return result;
    }

    private static JsonNode type(JsonNode ours, JsonNode theirs) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        ArrayNode left = ours.isArray()
                ? (ArrayNode) ours
                : JsonNodeFactory.instance.arrayNode().add(ours);
        ArrayNode right = theirs.isArray()
                ? (ArrayNode) theirs
                : JsonNodeFactory.instance.arrayNode().add(theirs);
        for (JsonNode one : left) {
            for (JsonNode other : right) {
                boolean whole = one.asText().equals("integer") && other.asText().equals("number");
                boolean wholeHere =
                        other.asText().equals("integer") && one.asText().equals("number");
                if (one.equals(other) || whole) {
                    result.add(one);
                } else if (wholeHere) {
                    result.add(other);
                }
            }
        }
        return result.size() == 1 ? result.get(0) : result;
    }

    private static JsonNode limit(JsonNode ours, JsonNode theirs, int sign) {
        return Integer.signum(ours.decimalValue().compareTo(theirs.decimalValue())) == -sign ? theirs : ours;
    }

    private static BigDecimal multiple(BigDecimal one, BigDecimal other) {
        BigDecimal product = one;
        for (int i = 1; i <= 1_000; i++) {
            product = one.multiply(BigDecimal.valueOf(i));
            if (product.remainder(other).signum() == 0) {
                return product;
            }
        }
        return product;
    }
}
