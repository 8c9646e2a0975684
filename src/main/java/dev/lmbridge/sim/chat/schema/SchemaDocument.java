package dev.lmbridge.sim.chat.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON document that follows a schema, with suggested values where they fit. Bounded: deep inside, optional
 * fields and items are left out. A schema that nothing can follow, or whose {@code pattern} is beyond
 * {@link PatternSample}, gets a document that is as near as it comes.
 */
public final class SchemaDocument {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int PLAIN_DEPTH = 4;
    private static final int DEEPEST = 24;
    private static final int MOST_VALUES = 2_000;
    private static final int TRIES = 6;

    private final SchemaScope scope;
    private final SchemaCheck check;
    private final Hints hints;
    private int values;

    public SchemaDocument(JsonNode root, Hints hints) {
        scope = new SchemaScope(root);
        check = new SchemaCheck(scope);
        this.hints = hints;
    }

    /** A document for a part of the schema, or for all of it; the seed varies what nothing else decides. */
    public JsonNode of(String name, JsonNode schema, long seed) {
        JsonNode first = null;
        for (int i = 0; i < TRIES; i++) {
            values = 0;
            JsonNode made = make(name, schema, seed + i, 0);
            if (check.fits(made, schema)) {
                return made;
            }
            first = first == null ? made : first;
        }
        return first == null ? JSON.nullNode() : first;
    }

    /** Whether the value may stand where the schema stands. */
    public boolean fits(JsonNode value, JsonNode schema) {
        return check.fits(value, schema);
    }

    private JsonNode make(String name, JsonNode given, long seed, int depth) {
        ObjectNode schema = scope.flat(given);
        if (depth > DEEPEST || ++values > MOST_VALUES) {
            return JSON.nullNode();
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.path(choice).isArray() && !schema.path(choice).isEmpty()) {
                return chosen(name, schema, choice, seed, depth);
            }
        }
        if (schema.has("const")) {
            return schema.path("const");
        }
        for (JsonNode hint : hints.suggest(name, schema)) {
            if (!hint.isContainerNode() && check.fits(hint, schema)) {
                return hint;
            }
        }
        if (schema.path("enum").isArray()) {
            return option(schema, seed);
        }
        return switch (type(schema, seed, depth)) {
            case "object" -> object(schema, seed, depth);
            case "array" -> array(name, schema, seed, depth);
            case "integer", "number" -> number(schema, seed);
            case "boolean" -> JSON.booleanNode(Math.floorMod(seed, 2L) == 0);
            case "null" -> JSON.nullNode();
            default -> JSON.textNode(SampleText.of(schema, name, seed));
        };
    }

    private JsonNode chosen(String name, ObjectNode schema, String choice, long seed, int depth) {
        JsonNode options = schema.path(choice);
        ObjectNode rest = schema.deepCopy();
        rest.remove(choice);
        JsonNode found = JSON.nullNode();
        for (int i = 0; i < options.size(); i++) {
            int index = depth > PLAIN_DEPTH ? i : (int) Math.floorMod(seed + i, (long) options.size());
            ObjectNode merged = rest.deepCopy();
            scope.merge(merged, scope.flat(options.get(index)));
            for (int variant = 0; variant < 3; variant++) {
                JsonNode made = make(name, merged, seed + variant, depth + 1);
                if (check.fits(made, schema)) {
                    return made;
                }
                found = found.isNull() ? made : found;
            }
        }
        return found;
    }

    private JsonNode option(ObjectNode schema, long seed) {
        JsonNode options = schema.path("enum");
        for (int i = 0; i < options.size(); i++) {
            JsonNode option = options.get((int) Math.floorMod(seed + i, (long) options.size()));
            if (check.fits(option, schema)) {
                return option;
            }
        }
        return options.isEmpty() ? JSON.nullNode() : options.get(0);
    }

    private static String type(ObjectNode schema, long seed, int depth) {
        JsonNode type = schema.path("type");
        if (type.isArray() && !type.isEmpty()) {
            List<String> named = new ArrayList<>();
            type.forEach(each -> named.add(each.asText()));
            if (depth > PLAIN_DEPTH && named.contains("null")) {
                return "null";
            }
            named.remove("null");
            return named.isEmpty() ? "null" : named.get((int) Math.floorMod(seed, (long) named.size()));
        }
        if (type.isTextual()) {
            return type.textValue();
        }
        if (schema.has("properties") || schema.has("required") || schema.has("additionalProperties")) {
            return "object";
        }
        if (schema.has("items") || schema.has("prefixItems") || schema.has("minItems")) {
            return "array";
        }
        return schema.has("minimum") || schema.has("maximum") || schema.has("multipleOf") ? "number" : "string";
    }

    private ObjectNode object(ObjectNode schema, long seed, int depth) {
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(each -> required.add(each.asText()));
        ObjectNode made = JSON.objectNode();
        int most = schema.path("maxProperties").asInt(Integer.MAX_VALUE);
        int at = 0;
        for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
            boolean wanted = depth < PLAIN_DEPTH && made.size() + required.size() < most && values < MOST_VALUES / 4;
            if (required.contains(field.getKey())
                    || wanted
                    || (made.size() < schema.path("minProperties").asInt(0) && made.size() < most)) {
                JsonNode value = make(field.getKey(), field.getValue(), seed + at, depth + 1);
                if (required.contains(field.getKey()) || check.fits(value, field.getValue())) {
                    made.set(field.getKey(), value);
                }
            }
            at++;
        }
        for (String name : required) {
            if (!made.has(name)) {
                made.set(name, make(name, schema.path("additionalProperties"), seed, depth + 1));
            }
        }
        for (int i = 1; made.size() < Math.min(schema.path("minProperties").asInt(0), 200); i++) {
            made.set("field" + i, make("", schema.path("additionalProperties"), seed + i, depth + 1));
        }
        return made;
    }

    private ArrayNode array(String name, ObjectNode schema, long seed, int depth) {
        int least = Math.min(schema.path("minItems").asInt(0), 500);
        int most = schema.path("maxItems").asInt(Integer.MAX_VALUE);
        JsonNode first = schema.path("prefixItems");
        int usual = depth < PLAIN_DEPTH ? Math.max(2, first.size()) : 0;
        int size = Math.min(most, Math.max(least, usual));
        ArrayNode made = JSON.arrayNode();
        JsonNode rules = schema.path("items");
        if (!first.isArray() || rules.isObject()) {
            for (JsonNode hint : hints.suggest(name, schema)) {
                if (hint.isArray() && check.fits(hint, schema)) {
                    return (ArrayNode) hint;
                }
            }
        }
        boolean unique = schema.path("uniqueItems").asBoolean();
        for (int i = 0; i < size; i++) {
            JsonNode rule = i < first.size() ? first.path(i) : rules;
            if (rule.isBoolean() && !rule.booleanValue()) {
                break;
            }
            if (i == first.size() && schema.has("contains")) {
                rule = both(rule, schema.path("contains"));
            }
            JsonNode item = item(name, rule, seed + i, depth, unique ? made : JSON.arrayNode());
            if (item.isNull() && i >= least && !check.fits(item, rule)) {
                break;
            }
            if (!unique || !contains(made, item)) {
                made.add(item);
            }
        }
        return made;
    }

    private JsonNode item(String name, JsonNode rule, long seed, int depth, ArrayNode others) {
        JsonNode item = make(name, rule, seed, depth + 1);
        for (int i = 1; i <= 50 && contains(others, item); i++) {
            item = new SchemaDocument(scope, check).make("", rule, seed + 7L * i, depth + 1);
        }
        return item;
    }

    private SchemaDocument(SchemaScope scope, SchemaCheck check) {
        this.scope = scope;
        this.check = check;
        this.hints = Hints.NONE;
    }

    private static JsonNode both(JsonNode one, JsonNode other) {
        ObjectNode result = JSON.objectNode();
        ArrayNode parts = result.putArray("allOf").add(other);
        if (one.isObject()) {
            parts.add(one);
        }
        return result;
    }

    private static boolean contains(ArrayNode items, JsonNode item) {
        for (JsonNode each : items) {
            if (SchemaCheck.same(each, item)) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode number(ObjectNode schema, long seed) {
        boolean whole = schema.path("type").asText().equals("integer")
                || (schema.path("type").isArray()
                        && !schema.path("type").toString().contains("number"));
        BigDecimal step =
                schema.path("multipleOf").isNumber() ? schema.path("multipleOf").decimalValue() : null;
        BigDecimal unit = step != null && step.signum() > 0 ? step : BigDecimal.ONE;
        if (whole && unit.stripTrailingZeros().scale() > 0) {
            BigDecimal fraction = unit;
            for (int i = 2; i <= 1_000 && unit.stripTrailingZeros().scale() > 0; i++) {
                unit = fraction.multiply(BigDecimal.valueOf(i));
            }
        }
        BigDecimal low = bound(schema, "minimum", "exclusiveMinimum", 1);
        BigDecimal high = bound(schema, "maximum", "exclusiveMaximum", -1);
        boolean free = step == null && !whole;
        if (free && low != null && high != null && high.subtract(low).compareTo(BigDecimal.TEN) < 0) {
            return JSON.numberNode(low.add(high).divide(BigDecimal.valueOf(2)).stripTrailingZeros());
        }
        BigDecimal wished = BigDecimal.valueOf(1 + Math.floorMod(seed, 9L));
        BigDecimal start = low != null && low.compareTo(wished) > 0 ? low : wished;
        start = high != null && high.compareTo(start) < 0 ? high : start;
        RoundingMode way = high != null && start.compareTo(high) == 0 ? RoundingMode.FLOOR : RoundingMode.CEILING;
        BigDecimal value = start.divide(unit, 0, way).multiply(unit);
        if (high != null && value.compareTo(high) > 0) {
            value = high.divide(unit, 0, RoundingMode.FLOOR).multiply(unit);
        }
        if (low != null
                && value.compareTo(low) == 0
                && schema.path("exclusiveMinimum").isNumber()
                && excluded(schema, value)) {
            value = value.add(unit);
        }
        if (excluded(schema, value)) {
            value = high != null && value.compareTo(high) >= 0 ? value.subtract(unit) : value.add(unit);
        }
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        return plain.scale() <= 0 && plain.precision() - plain.scale() < 18
                ? JSON.numberNode(plain.longValue())
                : JSON.numberNode(plain);
    }

    private static boolean excluded(ObjectNode schema, BigDecimal value) {
        return (schema.path("exclusiveMinimum").isNumber()
                        && value.compareTo(schema.path("exclusiveMinimum").decimalValue()) <= 0)
                || (schema.path("exclusiveMaximum").isNumber()
                        && value.compareTo(schema.path("exclusiveMaximum").decimalValue()) >= 0);
    }

    private static @Nullable BigDecimal bound(ObjectNode schema, String with, String without, int sign) {
        BigDecimal one = schema.path(with).isNumber() ? schema.path(with).decimalValue() : null;
        BigDecimal other =
                schema.path(without).isNumber() ? schema.path(without).decimalValue() : null;
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Integer.signum(one.compareTo(other)) == -sign ? other : one;
    }
}
