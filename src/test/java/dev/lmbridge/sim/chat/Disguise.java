package dev.lmbridge.sim.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tools of the catalogue under other names: in another case, or under words that mean nothing. */
final class Disguise {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern FIELD = Pattern.compile("(\\w+)((?: \\w+)*)(?:=(\\w+))?(?:: (.*))?");
    private final Map<String, String> real = new HashMap<>();
    private final Map<String, Tool> tools = new HashMap<>();
    private final List<Tool> shown = new ArrayList<>();
    private final Names names;
    private final int style;

    Disguise(String families, Names names) throws IOException {
        this.names = names;
        style = names.number(0, 5);
        try (InputStream in = Objects.requireNonNull(Disguise.class.getResourceAsStream("others-tools.json"))) {
            JsonNode catalogue = MAPPER.readTree(in);
            for (String family : families.split(" ", -1)) {
                for (Map.Entry<String, JsonNode> entry : catalogue.path(family).properties()) {
                    add(entry.getKey(), entry.getValue());
                }
            }
        }
    }

    List<Tool> tools() {
        return shown;
    }

    private void add(String name, JsonNode sketch) {
        boolean described =
                sketch.path("p").toString().contains(": ") || sketch.path("p").isEmpty();
        String alias = style == 4 || style == 5 ? named(names.tool(), name) : named(cased(name), name);
        Tool tool = new Tool(alias, sketch.path("d").asText(), object(sketch.path("p"), style == 5 && described));
        tools.put(alias, tool);
        shown.add(names.number(0, shown.size()), tool);
    }

    private String named(String alias, String name) {
        real.put(alias, name);
        return alias;
    }

    private String cased(String name) {
        String spread = name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        return switch (style) {
            case 1 ->
                Pattern.compile("_(.)")
                        .matcher(spread)
                        .replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
            case 2 -> spread.replace('_', '-');
            default -> name;
        };
    }

    private ObjectNode object(JsonNode fields, boolean secret) {
        ObjectNode schema = MAPPER.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (Map.Entry<String, JsonNode> entry : fields.properties()) {
            String name = entry.getKey().replace("?", "");
            String alias = named(secret && entry.getValue().isTextual() ? names.word() : cased(name), name);
            properties.set(alias, field(entry.getValue(), secret));
            if (name.equals(entry.getKey())) {
                required.add(alias);
            }
        }
        return schema.put("additionalProperties", false);
    }

    private ObjectNode field(JsonNode sketch, boolean secret) {
        if (sketch.isObject()) {
            return object(sketch, secret);
        }
        ObjectNode schema = MAPPER.createObjectNode();
        if (sketch.isArray()) {
            schema.put("type", "array").set("items", field(sketch.path(0), secret));
            return schema;
        }
        Matcher matcher = FIELD.matcher(sketch.asText());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(sketch.asText());
        }
        schema.put("type", matcher.group(1).equals("enum") ? "string" : matcher.group(1));
        if (!matcher.group(2).isEmpty()) {
            Arrays.stream(matcher.group(2).trim().split(" ", -1)).forEach(schema.withArray("enum")::add);
        }
        if (matcher.group(3) != null) {
            schema.set("default", json(matcher.group(3)));
        }
        if (matcher.group(4) != null && style != 3) {
            schema.put("description", matcher.group(4));
        }
        return schema;
    }

    /** Does a call in the world, or says what its schema forbids. */
    String call(OthersWorld world, String name, String arguments) {
        Tool tool = tools.get(name);
        JsonNode given = json(arguments);
        String wrong = tool == null ? "no such tool" : wrong(tool.parameters(), given);
        return wrong.isEmpty() ? world.call(real.getOrDefault(name, ""), original(given)) : "Error: " + wrong;
    }

    private JsonNode original(JsonNode given) {
        if (given.isArray()) {
            ArrayNode array = MAPPER.createArrayNode();
            given.forEach(item -> array.add(original(item)));
            return array;
        }
        if (!given.isObject()) {
            return given;
        }
        ObjectNode object = MAPPER.createObjectNode();
        given.properties()
                .forEach(entry -> object.set(real.getOrDefault(entry.getKey(), ""), original(entry.getValue())));
        return object;
    }

    private static String wrong(JsonNode schema, JsonNode value) {
        boolean fits = switch (schema.path("type").asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> value.isTextual();
        };
        boolean allowed = !schema.has("enum") || schema.path("enum").toString().contains(value.toString());
        if (!fits || !allowed) {
            return value + " does not fit " + schema;
        }
        List<String> wrong = new ArrayList<>();
        schema.path("required").forEach(name -> {
            if (!value.has(name.asText())) {
                wrong.add(name.asText() + " is required");
            }
        });
        value.properties()
                .forEach(entry -> wrong.add(wrong(schema.path("properties").path(entry.getKey()), entry.getValue())));
        value.forEach(item -> wrong.add(value.isArray() ? wrong(schema.path("items"), item) : ""));
        return wrong.stream().filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException error) {
            throw new IllegalArgumentException(text, error);
        }
    }
}
