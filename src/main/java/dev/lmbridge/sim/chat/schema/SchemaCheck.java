package dev.lmbridge.sim.chat.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Whether a value follows a schema: the keywords that the generator knows, so that it can judge its own work. */
public final class SchemaCheck {
    private static final int DEEPEST = 64;
    private final SchemaScope scope;

    public SchemaCheck(SchemaScope scope) {
        this.scope = scope;
    }

    public boolean fits(JsonNode value, JsonNode schema) {
        return fits(value, schema, 0);
    }

    private boolean fits(JsonNode value, JsonNode given, int depth) {
        if (given.isBoolean() || !given.isObject() || depth > DEEPEST) {
            return !given.isBoolean() || given.booleanValue();
        }
        JsonNode schema = given;
        if (schema.has("$ref") && !fits(value, scope.target(schema.path("$ref").asText()), depth + 1)) {
            return false;
        }
        return typeFits(value, schema.path("type"))
                && (!schema.has("const") || same(value, schema.path("const")))
                && (!schema.has("enum") || among(value, schema.path("enum")))
                && (!value.isTextual() || textFits(value.textValue(), schema))
                && (!value.isNumber() || numberFits(value.decimalValue(), schema))
                && (!value.isArray() || arrayFits(value, schema, depth))
                && (!value.isObject() || objectFits(value, schema, depth))
                && combined(value, schema, depth);
    }

    private boolean combined(JsonNode value, JsonNode schema, int depth) {
        for (JsonNode part : schema.path("allOf")) {
            if (!fits(value, part, depth + 1)) {
                return false;
            }
        }
        if (schema.path("anyOf").isArray() && matches(value, schema.path("anyOf"), depth) == 0) {
            return false;
        }
        if (schema.path("oneOf").isArray() && matches(value, schema.path("oneOf"), depth) != 1) {
            return false;
        }
        return !schema.has("not") || !fits(value, schema.path("not"), depth + 1);
    }

    private int matches(JsonNode value, JsonNode options, int depth) {
        int count = 0;
        for (JsonNode option : options) {
            count += fits(value, option, depth + 1) ? 1 : 0;
        }
        return count;
    }

    private static boolean typeFits(JsonNode value, JsonNode type) {
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (typeFits(value, each)) {
                    return true;
                }
            }
            return false;
        }
        return switch (type.asText("")) {
            case "string" -> value.isTextual();
            case "integer" ->
                value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> true;
        };
    }

    private static boolean textFits(String text, JsonNode schema) {
        int length = text.codePointCount(0, text.length());
        return length >= schema.path("minLength").asInt(0)
                && length <= schema.path("maxLength").asInt(Integer.MAX_VALUE)
                && patternFits(text, schema.path("pattern").asText(""))
                && formatFits(text, schema.path("format").asText(""));
    }

    private static boolean patternFits(String text, String pattern) {
        try {
            return pattern.isEmpty() || Pattern.compile(pattern).matcher(text).find();
        } catch (PatternSyntaxException e) {
            return true;
        }
    }

    private static boolean formatFits(String text, String format) {
        try {
            return switch (format) {
                case "date" -> LocalDate.parse(text).getYear() > 0;
                case "date-time" -> OffsetDateTime.parse(text).getYear() > 0;
                case "email" -> text.matches("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+");
                case "uri", "url" -> text.matches("[a-z][a-z0-9+.-]*:[\\w.~:/?#@!$&()*+,;=%-]+");
                case "uuid" -> text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
                case "time" -> text.matches("([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");
                case "hostname" -> text.matches("[a-z0-9-]+(\\.[a-z0-9-]+)*");
                case "ipv4" -> text.matches("\\d{1,3}(\\.\\d{1,3}){3}");
                default -> true;
            };
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean numberFits(BigDecimal value, JsonNode schema) {
        return (!schema.path("minimum").isNumber()
                        || value.compareTo(schema.path("minimum").decimalValue()) >= 0)
                && (!schema.path("maximum").isNumber()
                        || value.compareTo(schema.path("maximum").decimalValue()) <= 0)
                && (!schema.path("exclusiveMinimum").isNumber()
                        || value.compareTo(schema.path("exclusiveMinimum").decimalValue()) > 0)
                && (!schema.path("exclusiveMaximum").isNumber()
                        || value.compareTo(schema.path("exclusiveMaximum").decimalValue()) < 0)
                && (!schema.path("multipleOf").isNumber()
                        || schema.path("multipleOf").decimalValue().signum() <= 0
                        || value.remainder(schema.path("multipleOf").decimalValue())
                                        .signum()
                                == 0);
    }

    private boolean arrayFits(JsonNode value, JsonNode schema, int depth) {
        if (value.size() < schema.path("minItems").asInt(0)
                || value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
            return false;
        }
        JsonNode first = schema.path("prefixItems");
        Set<JsonNode> seen = new HashSet<>();
        boolean found = !schema.has("contains");
        for (int i = 0; i < value.size(); i++) {
            JsonNode rule = i < first.size() ? first.path(i) : schema.path("items");
            if ((!rule.isMissingNode() && !fits(value.get(i), rule, depth + 1))
                    || (!seen.add(value.get(i)) && schema.path("uniqueItems").asBoolean())) {
                return false;
            }
            found = found || fits(value.get(i), schema.path("contains"), depth + 1);
        }
        return found;
    }

    private boolean objectFits(JsonNode value, JsonNode schema, int depth) {
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asText())) {
                return false;
            }
        }
        if (value.size() < schema.path("minProperties").asInt(0)
                || value.size() > schema.path("maxProperties").asInt(Integer.MAX_VALUE)) {
            return false;
        }
        for (Iterator<Map.Entry<String, JsonNode>> fields = value.properties().iterator(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode rule = schema.path("properties").path(field.getKey());
            if (rule.isMissingNode()) {
                rule = schema.path("additionalProperties");
            }
            if (!rule.isMissingNode() && !fits(field.getValue(), rule, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    static boolean same(JsonNode one, JsonNode other) {
        return one.equals(other)
                || (one.isNumber() && other.isNumber() && one.decimalValue().compareTo(other.decimalValue()) == 0);
    }

    private static boolean among(JsonNode value, JsonNode options) {
        for (JsonNode option : options) {
            if (same(value, option)) {
                return true;
            }
        }
        return false;
    }
}
