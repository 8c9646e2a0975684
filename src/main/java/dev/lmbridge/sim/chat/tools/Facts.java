package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.sim.chat.words.Words;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The values that the results so far hold. */
final class Facts {
    private static final int MOST_PER_RESULT = 200;
    /** Marks the value that is the texts of all results together. */
    static final String ALL = "(all)";

    private static final int DEEPEST = 6;

    private final Step task;
    private final List<Value> values = new ArrayList<>();
    private int results;
    private final Map<String, Double> extreme = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final List<String> figures = new ArrayList<>();
    private @Nullable Outcome latest;
    private int groups = 1_000;

    /** @param task the whole task: the item of a list that shares words with it comes first */
    Facts(Step task) {
        this.task = task;
    }

    List<Value> values() {
        return values;
    }

    boolean isEmpty() {
        return results == 0;
    }

    int results() {
        return results;
    }

    void add(Offer offer, JsonNode arguments, Outcome outcome) {
        results++;
        latest = outcome;
        Set<String> about = new LinkedHashSet<>(offer.words());
        int before = values.size();
        JsonNode json = outcome.json();
        if (json.isTextual()) {
            text(json.textValue(), about, before);
            texts.add(json.textValue());
            if (texts.size() > 1) {
                about.add(ALL);
                add(Kind.WHOLE, JsonNodeFactory.instance.textNode(String.join("\n", texts)), "", about, 0, 0);
                about.remove(ALL);
            }
        } else {
            walk("", json, about, 0, 0, before, 0);
            add(Kind.WHOLE, JsonNodeFactory.instance.textNode(outcome.text()), "", about, 0, -2);
        }
        for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
            if (argument.getValue().isTextual()) {
                Kind kind = Lexer.shape(argument.getValue().textValue());
                values.add(new Value(
                        kind,
                        argument.getValue(),
                        argument.getKey(),
                        Set.of(),
                        "",
                        Value.Origin.ARGUMENT,
                        0,
                        results,
                        (kind == Kind.PATH ? -2 : -3) + 0.5 * offer.direction(argument.getKey())));
            }
        }
    }

    /** Adds a number that was worked out from the results so far. */
    void add(String figure) {
        results++;
        add(Kind.NUMBER, JsonNodeFactory.instance.textNode(figure), "", Set.of("result", "number", "count"), 0, 1.5);
        figures.add(figure);
    }

    /** Numbers that were worked out. */
    List<String> figures() {
        return figures;
    }

    /** The first number of each result, in their order. */
    List<BigDecimal> numbers() {
        Map<Integer, Value> first = new TreeMap<>();
        for (Value value : values) {
            if (value.kind() == Kind.NUMBER && value.origin() == Value.Origin.RESULT) {
                first.merge(value.order(), value, (one, other) -> one.bonus() >= other.bonus() ? one : other);
            }
        }
        return first.values().stream()
                .map(value -> new BigDecimal(value.text()))
                .toList();
    }

    /** The latest result that was not worked out here. */
    Optional<Outcome> latest() {
        return Optional.ofNullable(latest);
    }

    private void text(String text, Set<String> about, int before) {
        List<String> lines = text.lines()
                .map(line -> line.replaceFirst("^\\s*([-*]|\\d+[.)])\\s+", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
        if (isTable(lines)) {
            rank(lines);
            add(Kind.WHOLE, JsonNodeFactory.instance.textNode(text), "", about, 0, -1);
            int rows = ++groups;
            for (String line : lines) {
                String first = line.split("\\s+", 2)[0];
                leaf("", JsonNodeFactory.instance.textNode(first), about, rows, chosen(line, 0), before);
            }
            return;
        }
        boolean list = lines.size() > 1 && lines.stream().allMatch(line -> Lexer.shape(line) != Kind.WHOLE);
        Kind shape = Lexer.shape(text);
        add(
                shape == Kind.MARK ? Kind.WHOLE : shape == Kind.WORD ? Kind.IDENT : shape,
                JsonNodeFactory.instance.textNode(text),
                "",
                about,
                0,
                list ? -1 : 0);
        int group = list ? ++groups : 0;
        if (list) {
            for (String line : lines) {
                leaf("", JsonNodeFactory.instance.textNode(line), about, group, chosen(line, 0), before);
            }
            return;
        }
        if (shape != Kind.WHOLE) {
            return;
        }
        int numbers = 0;
        String label = "";
        for (Lexer.Token token : Lexer.tokens(text)) {
            if (values.size() - before > MOST_PER_RESULT) {
                return;
            }
            if (token.isLiteral() && token.kind() != Kind.QUOTED) {
                double bonus = token.kind() == Kind.NUMBER ? numbers++ == 0 ? -0.6 : -1.2 : -0.8;
                leaf(
                        token.key().isEmpty() ? label : token.key(),
                        JsonNodeFactory.instance.textNode(token.text()),
                        about,
                        0,
                        bonus,
                        before);
                label = "";
            } else if (token.isWord() && !Words.isStop(token.text())) {
                label = token.text();
            }
        }
    }

    /** Lines that all begin with a name and go on with figures. */
    private static boolean isTable(List<String> lines) {
        return lines.size() > 1
                && lines.stream()
                        .allMatch(line -> line.matches("\\S*[\\w/.]\\S*\\s+.*\\d.*")
                                && Lexer.shape(line.split("\\s+", 2)[0]) != Kind.WORD);
    }

    /** Finds the item that "the newest", "the largest" and the like mean. */
    private void rank(List<String> items) {
        Extreme.of(task).flatMap(wanted -> wanted.among(items)).ifPresent(item -> extreme.put(item, 2.5));
    }

    private void walk(String key, JsonNode json, Set<String> about, int group, int depth, int before, double bonus) {
        if (depth > DEEPEST || values.size() - before > MOST_PER_RESULT) {
            return;
        }
        if (json.isArray()) {
            int list = ++groups;
            List<String> items = new ArrayList<>();
            json.forEach(item -> items.add(item.toString()));
            rank(items);
            int at = 0;
            for (JsonNode item : json) {
                boolean scalar = item.isValueNode();
                walk(key, item, about, scalar ? list : group, depth + 1, before, bonus + chosen(item.toString(), at));
                at++;
            }
        } else if (json.isObject()) {
            for (Map.Entry<String, JsonNode> field : json.properties()) {
                walk(
                        field.getKey(),
                        field.getValue(),
                        about,
                        depth <= 2 ? keyed(field.getKey()) : 0,
                        depth + 1,
                        before,
                        bonus);
            }
        } else if (!json.isNull() && !json.isBoolean()) {
            leaf(key, json, about, group, bonus, before);
        }
    }

    /** Leaves with the same key in several items of a list belong together. */
    private int keyed(String key) {
        return 2_000 + results * 100 + Math.floorMod(key.hashCode(), 97);
    }

    private void leaf(String key, JsonNode json, Set<String> about, int group, double bonus, int before) {
        if (values.size() - before <= MOST_PER_RESULT) {
            Kind shape = json.isNumber() ? Kind.NUMBER : Lexer.shape(json.asText());
            Kind kind = shape == Kind.WORD ? Kind.IDENT : shape == Kind.MARK ? Kind.WHOLE : shape;
            add(kind, json, key, about, group, kind == Kind.NUMBER ? Math.min(bonus, 0.8) : bonus);
        }
    }

    private void add(Kind kind, JsonNode json, String key, Set<String> about, int group, double bonus) {
        Set<String> all = new LinkedHashSet<>(about);
        all.addAll(Words.meanings(key));
        values.add(new Value(kind, json, key, all, "", Value.Origin.RESULT, group, results, bonus));
    }

    /** Which item the task means: by its words, by "second" or "last"; the first otherwise. */
    private double chosen(String item, int at) {
        Set<String> words = Words.meaningSet(item);
        double score = -0.05 * Math.min(at, 10);
        for (String word : words) {
            score += task.meanings().contains(word) ? 0.8 : 0;
        }
        for (Value value : task.values()) {
            if (value.kind() != Kind.WORD && value.text().length() > 1 && item.contains(value.text())) {
                score += 1;
            }
        }
        score += extreme.getOrDefault(item, 0.0);
        boolean meant = (at == 1 && task.says("second")) || (at == 2 && task.says("third"));
        return score + (meant ? 3 : 0) + (task.says("last") ? 0.2 * Math.min(at, 10) : 0);
    }
}
