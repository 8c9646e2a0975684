package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.schema.SchemaCheck;
import dev.lmbridge.sim.chat.schema.SchemaDocument;
import dev.lmbridge.sim.chat.schema.SchemaScope;
import dev.lmbridge.sim.chat.words.Synonyms;
import dev.lmbridge.sim.chat.words.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the arguments of one call: pairs of field and value, the best pair first, each value once. */
final class Arguments {
    private static final double ENOUGH = 0.2;
    private static final double ENOUGH_OPTIONAL = 3;
    private static final double ENOUGH_NUMBER = 2;
    private static final int MOST_CALLS = 12;
    private static final Set<Kind> SURE = Set.of(Kind.TIME, Kind.DATE, Kind.EMAIL, Kind.URL);
    private static final Set<Kind> CERTAIN = Set.of(Kind.PATH, Kind.URL, Kind.EMAIL, Kind.DATE, Kind.NUMBER);

    private final Offer offer;
    private final Step step;
    private final List<Value> literals;
    private final Facts facts;
    private final Map<Field, JsonNode> chosen = new LinkedHashMap<>();
    private final Map<Field, Value> sources = new LinkedHashMap<>();
    private final Set<Value> used = new HashSet<>();
    private boolean inside;

    private Arguments(Offer offer, Step step, List<Value> literals, Facts facts) {
        this.offer = offer;
        this.step = step;
        this.literals = literals;
        this.facts = facts;
    }

    private record Pair(Field field, Value value, double score) {}

    /** @param spare values of steps that no tool serves */
    static Arguments of(Offer offer, Step step, List<Value> spare, Facts facts) {
        return of(offer, step, spare, facts, Set.of());
    }

    /** @param taken values that stand elsewhere in the call */
    static Arguments of(Offer offer, Step step, List<Value> spare, Facts facts, Set<Value> taken) {
        List<Value> literals = new ArrayList<>(step.values());
        literals.addAll(spare);
        literals.removeAll(taken);
        Arguments arguments = new Arguments(offer, step, literals, facts);
        arguments.choose();
        return arguments;
    }

    /** Required fields for which neither the task nor a result has a value. */
    List<Field> missing() {
        return offer.fields().stream()
                .filter(field -> field.required()
                        && !chosen.containsKey(field)
                        && !field.schema().has("default"))
                .toList();
    }

    /** Whether a value comes from an earlier result. */
    boolean usesResults() {
        return sources.values().stream().anyMatch(value -> value.origin() != Value.Origin.TASK);
    }

    /** Whether no value is a mere word that a result might make clearer. */
    boolean isCertain() {
        return sources.values().stream().map(Value::kind).allMatch(CERTAIN::contains);
    }

    Set<Value> used() {
        return used;
    }

    /** The arguments of the call, and of further calls where the task names several values for one field. */
    List<ObjectNode> all() {
        List<ObjectNode> all = new ArrayList<>();
        all.add(object(Map.of()));
        for (Map.Entry<Field, Value> entry : sources.entrySet()) {
            Value first = entry.getValue();
            boolean literal = first.origin() == Value.Origin.TASK;
            boolean several = literal || step.says("each every all both them their");
            if (first.group() == 0 || !several || entry.getKey().isArray()) {
                continue;
            }
            for (Value other : literal ? literals : facts.values()) {
                boolean sibling = other.group() == first.group() && other.order() >= first.order() - MOST_CALLS;
                if (sibling && !used.contains(other) && other.kind() == first.kind() && all.size() < MOST_CALLS) {
                    JsonNode value = Fit.coerced(other, entry.getKey().schema());
                    if (value != null && Fit.looks(other, entry.getKey()) > 0) {
                        all.add(object(Map.of(entry.getKey(), value)));
                        used.add(other);
                    }
                }
            }
        }
        return all.stream().distinct().toList();
    }

    private void choose() {
        for (Field field : offer.fields()) {
            flags(field);
        }
        List<Pair> pairs = new ArrayList<>();
        for (Field field : offer.fields()) {
            if (!chosen.containsKey(field) && !field.isArray()) {
                pairs.addAll(pairs(field));
            }
        }
        pairs.sort(Comparator.comparingDouble((Pair pair) -> -pair.score()));
        Set<Field> arrays = new HashSet<>();
        for (Field field : offer.fields()) {
            if (field.isArray() && !chosen.containsKey(field)) {
                arrays.add(field);
            }
        }
        for (Pair pair : pairs) {
            if (!chosen.containsKey(pair.field()) && !used.contains(pair.value()) && isEnough(pair)) {
                take(pair.field(), pair.value());
            }
        }
        arrays.forEach(this::list);
        inOrder();
    }

    private boolean isEnough(Pair pair) {
        if (pair.field().required()) {
            return pair.score() > ENOUGH;
        }
        boolean plain = SURE.contains(pair.value().kind()) && Fit.looks(pair.value(), pair.field()) >= 4;
        boolean told = plain || Fit.context(pair.value(), pair.field()) >= 1;
        double enough = pair.value().kind() == Kind.NUMBER ? ENOUGH_NUMBER : ENOUGH_OPTIONAL;
        return pair.value().origin() == Value.Origin.TASK && told && pair.score() >= enough;
    }

    private List<Pair> pairs(Field field) {
        List<Pair> pairs = new ArrayList<>();
        boolean lists = offer.fields().stream().anyMatch(each -> each.isArray() && each.required());
        for (Value value : literals) {
            boolean spare = !step.values().contains(value);
            double apart = 0.15 * Math.abs(literals.indexOf(value) - field.index());
            double score = Fit.of(value, field)
                    - Math.min(apart, 0.9)
                    - (spare ? 0.4 : 0)
                    + place(value, field)
                    - (lists && value.group() > 0 ? 2 : 0)
                    - (isOfAnother(value, field) ? 2 : 0);
            pairs.add(new Pair(field, value, score));
        }
        for (Value value : facts.values()) {
            pairs.add(new Pair(field, value, Fit.of(value, field) + relevance(value, field)));
        }
        return pairs;
    }

    /** What the place of a literal in the sentence says: whose object it is, and where it goes. */
    private double place(Value value, Field field) {
        double score = 0;
        for (String word : value.about()) {
            boolean main =
                    !step.actions().isEmpty() && word.equals(step.actions().getFirst());
            if (Synonyms.isAction(word)) {
                score -= !main && offer.rivals().contains(word) && !CERTAIN.contains(value.kind()) ? 3 : 0;
                break;
            }
        }
        String meaning =
                value.kind() == Kind.WORD ? Synonyms.meaning(value.text().toLowerCase(Locale.ROOT)) : "";
        score -= offer.isVocabulary(meaning) && !step.isName(value.order()) ? 3 : 0;
        boolean writes = offer.actions().contains("write") || offer.actions().contains("append");
        boolean to = Set.of("to", "into", "onto").contains(value.cue());
        boolean from = Set.of("of", "from").contains(value.cue());
        if (value.kind() == Kind.PATH && (to || from) && field.direction() == 0) {
            score += writes == to ? 1.5 : -1.5;
        }
        Map<Field.Role, Double> roles = field.roles();
        boolean name = !roles.containsKey(Field.Role.CONTENT) && !roles.containsKey(Field.Role.QUERY);
        return score - (name && isPartOfResult(value) ? 3 : 0);
    }

    /** The words before it name another field and not this one. */
    private boolean isOfAnother(Value value, Field field) {
        return Fit.context(value, field) < 1
                && offer.fields().stream()
                        .anyMatch(other -> other != field
                                && !other.isNumeric()
                                && !other.isEnum()
                                && !other.type().equals("boolean")
                                && Fit.context(value, other) >= 1.2);
    }

    /** "The file about X" is not X, but the one in a result that has X in its name. */
    private boolean isPartOfResult(Value literal) {
        String text = literal.text();
        return text.length() > 2
                && facts.values().stream()
                        .anyMatch(value -> value.origin() == Value.Origin.RESULT
                                && value.kind() != Kind.WHOLE
                                && value.text().length() > text.length()
                                && value.text().contains(text));
    }

    /** What speaks for a value of an earlier result in this step. */
    private double relevance(Value value, Field field) {
        double score = step.refersBack() ? 1 : -0.3;
        boolean alone = literals.stream()
                .filter(own -> own.kind() != Kind.NUMBER || field.isNumeric())
                .noneMatch(own -> Fit.of(own, field) + place(own, field) - (isOfAnother(own, field) ? 2 : 0) > 0);
        boolean id = field.roles().containsKey(Field.Role.ID);
        boolean place = id || field.roles().containsKey(Field.Role.PATH);
        boolean thing = value.kind() == Kind.PATH || value.kind() == Kind.IDENT || (id && value.kind() == Kind.NUMBER);
        boolean argument = value.origin() == Value.Origin.ARGUMENT;
        score -= alone ? 0 : argument ? 4 : thing && place ? 2.5 : 0;
        boolean named =
                alone && argument && Words.meanings(value.key()).stream().anyMatch(step.meanings()::contains);
        score += named ? 7 : 0;
        boolean same = alone && argument && value.key().equals(field.name());
        score += same && step.refersBack() ? 3.5 : 0;
        double words = 0;
        for (String word : step.meanings()) {
            words += value.about().contains(word) && !offer.actions().contains(word) ? 0.8 : 0;
        }
        boolean newest = value.order() == facts.results() && value.origin() == Value.Origin.RESULT;
        score += value.about().contains(Facts.ALL) ? step.says("both together all combined") ? 6 : -9 : 0;
        score += Math.min(2.4, words) + 0.8 * value.order() / Math.max(1, facts.results());
        score += newest && step.meanings().contains("result") ? 3 : 0;
        boolean figure = step.meanings().contains("count")
                || step.meanings().contains("number")
                || step.meanings().contains("add")
                || step.meanings().contains("calculate");
        double kind = value.kind() == Kind.NUMBER ? 2 : value.kind() == Kind.WHOLE ? -1 : 0;
        return score + (figure && !field.isNumeric() ? kind : 0);
    }

    private void take(Field field, Value value) {
        JsonNode json = Fit.coerced(value, field.schema());
        if (json != null) {
            chosen.put(field, json);
            sources.put(field, value);
            used.add(value);
        }
    }

    /** Options and switches are said by words, not by values. */
    private void flags(Field field) {
        if (field.isEnum() && !field.isArray()) {
            JsonNode option = field.schema().has("const")
                    ? field.required() ? field.schema().path("const") : null
                    : Options.said(field.schema(), step.tokens());
            if (option != null) {
                chosen.put(field, option);
                String words = option.asText();
                literals.stream()
                        .filter(value -> value.text().equalsIgnoreCase(words))
                        .forEach(used::add);
            }
        } else if (field.type().equals("boolean")) {
            boolean off = step.says("off disable deactivate");
            if (field.says("on") || field.name().equals("on")) {
                if (off || step.says("on enable activate")) {
                    chosen.put(field, JsonNodeFactory.instance.booleanNode(!off));
                }
                return;
            }
            Set<String> words = new HashSet<>(field.nameMeanings());
            words.addAll(field.descriptionMeanings());
            words.removeAll(offer.words());
            if (step.meanings().stream().anyMatch(words::contains)) {
                chosen.put(field, JsonNodeFactory.instance.booleanNode(!step.says("not no without don't never")));
            }
        }
    }

    private void list(Field field) {
        JsonNode rules = field.schema().path("items");
        ObjectNode item = new SchemaScope(field.schema()).flat(rules);
        if (item.path("properties").isObject()) {
            ArrayNode objects = new Objects(offer, step, facts).of(item, used);
            if (!objects.isEmpty()) {
                chosen.put(field, objects);
            }
            return;
        }
        Field each = new Field(field.path(), described(item, field), true, field.index());
        List<Value> best = List.of();
        double bestScore = field.required() ? ENOUGH : ENOUGH_OPTIONAL;
        for (List<Value> candidates : Lists.of(literals, facts)) {
            double sum = 0;
            List<Value> fitting = new ArrayList<>();
            for (Value value : candidates) {
                boolean literal = value.origin() == Value.Origin.TASK;
                double score = Fit.of(value, each) + (literal ? place(value, each) : relevance(value, each));
                if (score > ENOUGH - 1 && !used.contains(value)) {
                    fitting.add(value);
                    sum += score;
                }
            }
            double score = fitting.isEmpty() ? Fit.NEVER : sum / fitting.size() + (fitting.size() > 1 ? 1 : 0);
            boolean names = fitting.size() > 1 && fitting.stream().allMatch(value -> step.isName(value.order()));
            boolean told = field.required()
                    || names
                    || Fit.context(fitting.isEmpty() ? candidates.getFirst() : fitting.getFirst(), each) >= 1;
            if (score > (names ? ENOUGH : bestScore) && told) {
                best = fitting;
                bestScore = score;
            }
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        best.forEach(value -> array.add(Fit.coerced(value, item)));
        if (!best.isEmpty() && new SchemaCheck(new SchemaScope(field.schema())).fits(array, field.schema())) {
            chosen.put(field, array);
            sources.put(field, best.getFirst());
            used.addAll(best);
        }
    }

    private static ObjectNode described(ObjectNode item, Field field) {
        ObjectNode both = item.deepCopy();
        both.put(
                "description",
                field.description() + " " + item.path("description").asText(""));
        return both;
    }

    /** Fields of one type that are filled from results take them in the order in which they came. */
    private void inOrder() {
        List<Field> fields = new ArrayList<>();
        for (Field field : offer.fields()) {
            Value source = sources.get(field);
            if (source != null && source.origin() == Value.Origin.RESULT && field.isNumeric()) {
                fields.add(field);
            }
        }
        List<Value> values = new ArrayList<>(fields.stream().map(sources::get).toList());
        values.sort(Comparator.comparingInt(Value::order));
        for (int i = 0; i < fields.size(); i++) {
            take(fields.get(i), values.get(i));
        }
    }

    /** An object inside an array: a list in it may be empty. */
    ObjectNode inner() {
        inside = true;
        return object(Map.of());
    }

    private ObjectNode object(Map<Field, JsonNode> instead) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        SchemaDocument documents = new SchemaDocument(offer.tool().parameters(), new TextHints(step.tokens()));
        for (Field field : offer.fields()) {
            JsonNode value = instead.getOrDefault(field, chosen.get(field));
            if (value == null && field.required()) {
                value = field.schema().has("default")
                        ? field.schema().path("default")
                        : field.isArray() && inside
                                ? JsonNodeFactory.instance.arrayNode()
                                : documents.of(field.name(), field.schema(), 0);
            }
            if (value != null) {
                put(object, field.path(), value);
            }
        }
        return object;
    }

    private static void put(ObjectNode object, List<String> path, JsonNode value) {
        ObjectNode at = object;
        for (String name : path.subList(0, path.size() - 1)) {
            JsonNode inner = at.get(name);
            at = inner instanceof ObjectNode there ? there : at.putObject(name);
        }
        at.set(path.getLast(), value);
    }

    static @Nullable Field field(Offer offer, String words) {
        Set<String> wanted = Words.meaningSet(words);
        for (Field field : offer.fields()) {
            if (field.name().equalsIgnoreCase(words) || field.nameMeanings().equals(wanted)) {
                return field;
            }
        }
        return null;
    }
}
