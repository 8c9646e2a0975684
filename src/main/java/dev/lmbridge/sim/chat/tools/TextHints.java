package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.schema.Hints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes values for the fields of a document from a text; a value serves one field. */
public final class TextHints implements Hints {
    private static final double ENOUGH = 1;
    private static final int MOST_TOKENS = 2_000;
    private final List<Lexer.Token> tokens;
    private final List<Value> values;
    private final Map<Value, String> given = new HashMap<>();

    public static TextHints of(String text) {
        return new TextHints(Lexer.tokens(text));
    }

    TextHints(List<Lexer.Token> tokens) {
        this.tokens = tokens.size() > MOST_TOKENS ? tokens.subList(0, MOST_TOKENS) : tokens;
        this.values = new ArrayList<>(new Step(this.tokens).values());
    }

    @Override
    public List<JsonNode> suggest(String name, ObjectNode schema) {
        if (schema.path("enum").isArray()) {
            JsonNode option = Options.said(schema, tokens);
            return option == null ? List.of() : List.of(option);
        }
        if (name.isEmpty() || schema.path("type").asText().equals("boolean")) {
            return List.of();
        }
        Field field = new Field(List.of(name), schema, true, 0);
        return field.isArray() ? lists(name, schema, field) : best(name, field);
    }

    private List<JsonNode> best(String name, Field field) {
        Value best = null;
        double score = ENOUGH;
        for (Value value : values) {
            double here = Fit.of(value, field);
            if (here > score && given.getOrDefault(value, name).equals(name)) {
                best = value;
                score = here;
            }
        }
        JsonNode json = best == null ? null : Fit.coerced(best, field.schema());
        if (best == null || json == null) {
            return List.of();
        }
        given.put(best, name);
        return List.of(json);
    }

    private List<JsonNode> lists(String name, ObjectNode schema, Field field) {
        JsonNode items = schema.path("items");
        if (!items.isObject()) {
            return List.of();
        }
        Map<Integer, ArrayNode> lists = new HashMap<>();
        for (Value value : values) {
            JsonNode item = Fit.coerced(value, (ObjectNode) items);
            boolean told = value.group() > 0 && Fit.context(value, field) >= 1;
            if (item != null && told && given.getOrDefault(value, name).equals(name)) {
                lists.computeIfAbsent(value.group(), key -> JsonNodeFactory.instance.arrayNode())
                        .add(item);
                given.put(value, name);
            }
        }
        return new ArrayList<>(lists.values());
    }
}
