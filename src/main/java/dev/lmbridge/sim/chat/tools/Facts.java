package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.sim.chat.words.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values that the results so far hold. */
final class Facts {
    private static final int MOST_PER_RESULT = 200;
    private static final int DEEPEST = 6;

    private final Step task;
    private final List<Value> values = new ArrayList<>();
    private int results;
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
        Set<String> about = new LinkedHashSet<>(offer.words());
        int before = values.size();
        JsonNode json = outcome.json();
        if (json.isTextual()) {
            text(json.textValue(), about, before);
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
                        "",
                        Set.of(),
                        "",
                        Value.Origin.ARGUMENT,
                        0,
                        results,
                        kind == Kind.PATH ? -2 : -3));
            }
        }
    }

    private void text(String text, Set<String> about, int before) {
        List<String> lines = text.lines()
                .map(line -> line.replaceFirst("^\\s*([-*]|\\d+[.)])\\s+", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
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

    private void walk(String key, JsonNode json, Set<String> about, int group, int depth, int before, double bonus) {
        if (depth > DEEPEST || values.size() - before > MOST_PER_RESULT) {
            return;
        }
        if (json.isArray()) {
            int list = ++groups;
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
        } else if (!json.isNull()) {
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
            add(kind, json, key, about, group, bonus);
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
        boolean meant = (at == 1 && task.says("second")) || (at == 2 && task.says("third"));
        return score + (meant ? 3 : 0) + (task.says("last") ? 0.2 * Math.min(at, 10) : 0);
    }
}
