package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.schema.SchemaScope;
import dev.lmbridge.sim.chat.words.Synonyms;
import dev.lmbridge.sim.chat.words.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One argument of a tool, as its schema describes it. Fields of an object inside are fields too, with a longer path. */
final class Field {
    /** What a field is about, by its words. */
    enum Role {
        PATH,
        DIRECTORY,
        URL,
        EMAIL,
        DATE,
        TIME,
        CONTENT,
        QUERY,
        ID,
        NAME,
        FREE
    }

    private static final int DEEPEST = 4;
    private static final Map<String, Role> ROLES = Map.ofEntries(
            Map.entry("file", Role.PATH),
            Map.entry("path", Role.PATH),
            Map.entry("directory", Role.DIRECTORY),
            Map.entry("url", Role.URL),
            Map.entry("email", Role.EMAIL),
            Map.entry("date", Role.DATE),
            Map.entry("time", Role.TIME),
            Map.entry("text", Role.CONTENT),
            Map.entry("message", Role.CONTENT),
            Map.entry("find", Role.QUERY),
            Map.entry("query", Role.QUERY),
            Map.entry("pattern", Role.QUERY),
            Map.entry("word", Role.QUERY),
            Map.entry("id", Role.ID),
            Map.entry("name", Role.NAME),
            Map.entry("person", Role.NAME),
            Map.entry("city", Role.NAME));

    private final List<String> path;
    private final ObjectNode schema;
    private final boolean required;
    private final int index;
    private final Set<String> nameMeanings;
    private final Set<String> descriptionMeanings;
    private final Map<Role, Double> roles;
    private final Set<String> plainWords;
    private final int direction;

    Field(List<String> path, ObjectNode schema, boolean required, int index) {
        this.path = List.copyOf(path);
        this.schema = schema;
        this.required = required;
        this.index = index;
        nameMeanings = Words.meaningSet(name());
        descriptionMeanings =
                Words.meaningSet(description() + " " + String.join(" ", path.subList(0, path.size() - 1)));
        plainWords = Set.copyOf(Words.plain(description()));
        roles = rolesByWords();
        direction = directionByWords();
    }

    List<String> path() {
        return path;
    }

    ObjectNode schema() {
        return schema;
    }

    boolean required() {
        return required;
    }

    int index() {
        return index;
    }

    /** Weights of what it may be about; the noun that its description begins with counts most. */
    Map<Role, Double> roles() {
        return roles;
    }

    /** 1 for where something goes to, -1 for where it comes from, else 0. */
    int direction() {
        return direction;
    }

    /** @param words what the tool is about, which says more of fields that have no description */
    static List<Field> of(JsonNode parameters, Set<String> words) {
        List<Field> fields = of(parameters);
        for (Field field : fields) {
            if (words.contains("directory") && field.roles.containsKey(Role.PATH)) {
                field.roles.merge(Role.DIRECTORY, 3.0, Double::sum);
            }
            boolean addressee = field.name().matches("(?i)to|cc|bcc|recipients?")
                    && field.description().isBlank();
            if (words.contains("email") && addressee) {
                field.roles.clear();
                field.roles.put(Role.EMAIL, 3.0);
            }
        }
        return fields;
    }

    static List<Field> of(JsonNode parameters) {
        List<Field> fields = new ArrayList<>();
        collect(new SchemaScope(parameters), parameters, List.of(), true, fields);
        return fields;
    }

    private static void collect(
            SchemaScope scope, JsonNode given, List<String> above, boolean needed, List<Field> fields) {
        ObjectNode object = scope.flat(given);
        Set<String> required = new HashSet<>();
        object.path("required").forEach(each -> required.add(each.asText()));
        for (Map.Entry<String, JsonNode> entry : object.path("properties").properties()) {
            ObjectNode schema = scope.flat(entry.getValue());
            List<String> path = new ArrayList<>(above);
            path.add(entry.getKey());
            boolean here = needed && required.contains(entry.getKey());
            if (schema.path("properties").isObject() && path.size() < DEEPEST) {
                collect(scope, schema, path, here, fields);
            } else {
                fields.add(new Field(List.copyOf(path), schema, here, fields.size()));
            }
        }
    }

    String name() {
        return path.getLast();
    }

    String description() {
        return schema.path("description").asText("") + " "
                + schema.path("title").asText("");
    }

    Set<String> nameMeanings() {
        return nameMeanings;
    }

    Set<String> descriptionMeanings() {
        return descriptionMeanings;
    }

    String type() {
        JsonNode type = schema.path("type");
        if (!type.isArray()) {
            return type.asText(schema.has("items") ? "array" : "");
        }
        for (JsonNode each : type) {
            if (!each.asText().equals("null")) {
                return each.asText();
            }
        }
        return "null";
    }

    /** Whether its description has this word. */
    boolean says(String word) {
        return plainWords.contains(word);
    }

    /** Whether a value has to come from somewhere: one that is made up would be wrong. */
    boolean needsValue() {
        boolean free = roles.size() == 1 && roles.containsKey(Role.FREE) && !isNumeric();
        return required && !free && !isEnum() && !type().equals("boolean") && !schema.has("default");
    }

    /** Whether most of its words say that it is an e-mail address or a URL. */
    boolean wantsAddress() {
        double most = roles.values().stream().max(Double::compare).orElse(0.0);
        return most > 1 && (roles.getOrDefault(Role.EMAIL, 0.0) >= most || roles.getOrDefault(Role.URL, 0.0) >= most);
    }

    boolean isNumeric() {
        return type().equals("integer") || type().equals("number");
    }

    boolean isListOfNumbers() {
        return isArray() && schema.path("items").path("type").asText().matches("number|integer");
    }

    boolean isArray() {
        return type().equals("array");
    }

    boolean isEnum() {
        return schema.path("enum").isArray() || schema.has("const");
    }

    private Map<Role, Double> rolesByWords() {
        Map<Role, Double> roles = new LinkedHashMap<>();
        switch (schema.path("format").asText("")) {
            case "uri", "url" -> roles.put(Role.URL, 9.0);
            case "email" -> roles.put(Role.EMAIL, 9.0);
            case "date", "date-time" -> roles.put(Role.DATE, 9.0);
            default -> {}
        }
        weigh(Words.meanings(name()), 2, roles);
        weigh(Words.meanings(description()), 3, roles);
        if (roles.isEmpty()) {
            roles.put(Role.FREE, 1.0);
        }
        return roles;
    }

    private static void weigh(List<String> meanings, double first, Map<Role, Double> roles) {
        double weight = first;
        for (String meaning : meanings) {
            Role role = ROLES.get(meaning);
            if (role != null) {
                roles.merge(role, role == Role.NAME ? weight / 2 : weight, Double::sum);
            }
            if (role != null || !Synonyms.isAction(meaning)) {
                weight = role == Role.NAME ? weight : Math.max(0.5, weight / 3);
            }
        }
    }

    private int directionByWords() {
        List<String> name = Words.plain(name().replace('_', ' '));
        String text = description().toLowerCase(Locale.ROOT).strip();
        Set<String> meanings = descriptionMeanings();
        if (name.contains("to")
                || name.contains("new")
                || text.startsWith("new ")
                || text.endsWith(" to")
                || meanings.contains("destination")
                || nameMeanings().contains("destination")) {
            return 1;
        }
        boolean source = name.contains("from")
                || name.contains("old")
                || text.startsWith("old ")
                || text.endsWith(" from")
                || meanings.contains("origin")
                || meanings.contains("source")
                || nameMeanings().contains("source");
        return source ? -1 : 0;
    }
}
