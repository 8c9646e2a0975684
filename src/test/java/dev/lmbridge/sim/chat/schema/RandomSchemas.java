package dev.lmbridge.sim.chat.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/** Schemas that some document satisfies, of all the kinds that the simulated models promise to follow. */
final class RandomSchemas {
    private static final List<String> PATTERNS = List.of(
            "^[A-Z]{2,4}-\\d{3}$",
            "^(red|green|blue)$", "^\\w+@\\w+\\.com$", "^[a-f0-9]{8}$", "^v\\d+(\\.\\d+){2}$", "[0-9]+", "^a?b*c+$");
    private final Random random;

    RandomSchemas(long seed) {
        random = new Random(seed);
    }

    ObjectNode next() {
        ObjectNode root = object(0);
        if (random.nextInt(4) == 0) {
            ObjectNode node = root.putObject("$defs").putObject("node");
            node.put("type", "object");
            node.putObject("properties").putObject("label").put("type", "string");
            ObjectNode children =
                    node.withObject("properties").putObject("children").put("type", "array");
            children.putObject("items").put("$ref", "#/$defs/node");
            node.putArray("required").add("label").add("children");
            root.withObject("properties").putObject("tree").put("$ref", "#/$defs/node");
            root.withArray("required").add("tree");
        }
        return root;
    }

    private ObjectNode any(int depth) {
        return switch (random.nextInt(depth > 3 ? 7 : 12)) {
            case 0 -> text();
            case 1 -> number("integer");
            case 2 -> number("number");
            case 3 -> node().put("type", "boolean");
            case 4 -> node().put("type", "null");
            case 5 -> options();
            case 6 -> node().put("const", random.nextInt(100));
            case 7, 8 -> object(depth);
            case 9 -> array(depth);
            case 10 -> combined(depth);
            default -> types();
        };
    }

    private ObjectNode object(int depth) {
        ObjectNode schema = node().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            String name = "field" + (char) ('A' + i);
            properties.set(name, any(depth + 1));
            if (random.nextBoolean()) {
                required.add(name);
            }
        }
        if (random.nextBoolean()) {
            schema.put("additionalProperties", false);
        }
        return schema;
    }

    private ObjectNode array(int depth) {
        ObjectNode schema = node().put("type", "array");
        int least = random.nextInt(4);
        if (random.nextBoolean()) {
            schema.put("minItems", least);
        }
        if (random.nextBoolean()) {
            schema.put("maxItems", least + random.nextInt(3));
        }
        if (random.nextInt(5) == 0) {
            schema.set("items", node().put("type", random.nextBoolean() ? "string" : "integer"));
            schema.put("uniqueItems", true);
        } else {
            schema.set("items", any(depth + 1));
        }
        return schema;
    }

    private ObjectNode text() {
        ObjectNode schema = node().put("type", "string");
        switch (random.nextInt(4)) {
            case 0 ->
                schema.put(
                        "format",
                        List.of("date", "date-time", "email", "uri", "uuid").get(random.nextInt(5)));
            case 1 -> schema.put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
            case 2 -> {
                int least = random.nextInt(30);
                schema.put("minLength", least).put("maxLength", least + random.nextInt(10));
            }
            default -> {}
        }
        return schema;
    }

    private ObjectNode number(String type) {
        ObjectNode schema = node().put("type", type);
        int low = random.nextInt(200) - 100;
        int width = 12 + random.nextInt(50);
        switch (random.nextInt(4)) {
            case 0 -> schema.put("minimum", low).put("maximum", low + random.nextInt(3));
            case 1 -> schema.put("exclusiveMinimum", low).put("exclusiveMaximum", low + width);
            case 2 ->
                schema.put("multipleOf", 1 + random.nextInt(9))
                        .put("minimum", low)
                        .put("maximum", low + width);
            default -> {}
        }
        return schema;
    }

    private ObjectNode options() {
        ObjectNode schema = node();
        ArrayNode options = schema.putArray("enum");
        for (int i = 0; i <= random.nextInt(4); i++) {
            options.add("option " + random.nextInt(1_000));
        }
        options.add(random.nextInt(100));
        return schema;
    }

    private ObjectNode types() {
        ObjectNode schema = node();
        schema.putArray("type").add(random.nextBoolean() ? "string" : "integer").add("null");
        return schema;
    }

    private ObjectNode combined(int depth) {
        ObjectNode schema = node();
        switch (random.nextInt(3)) {
            case 0 -> schema.putArray("anyOf").add(any(depth + 1)).add(any(depth + 1));
            case 1 ->
                schema.putArray("oneOf")
                        .add(node().put("type", "string"))
                        .add(number("number"))
                        .add(object(depth + 1));
            default -> schema.putArray("allOf").add(object(depth + 2)).add(wider());
        }
        return schema;
    }

    private ObjectNode wider() {
        ObjectNode schema = node().put("type", "object");
        schema.putObject("properties").putObject("extra").put("type", "integer").put("minimum", 5);
        schema.putArray("required");
        return schema;
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
