package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import dev.lmbridge.sim.chat.words.Synonyms;
import dev.lmbridge.sim.chat.words.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A tool that is offered, and how well it serves a step. */
final class Offer {
    private static final List<Set<String>> NEAR = List.of(
            Set.of("read", "find"),
            Set.of("read", "list"),
            Set.of("list", "find"),
            Set.of("write", "append"),
            Set.of("read", "summarize"),
            Set.of("read", "copy"),
            Set.of("write", "send"),
            Set.of("write", "update"),
            Set.of("write", "add"),
            Set.of("write", "register"),
            Set.of("write", "book"),
            Set.of("append", "add"),
            Set.of("update", "replace"),
            Set.of("calculate", "add"),
            Set.of("calculate", "multiply"),
            Set.of("calculate", "subtract"),
            Set.of("calculate", "divide"),
            Set.of("calculate", "count"),
            Set.of("translate", "convert"),
            Set.of("delete", "stop"),
            Set.of("buy", "book"));
    private static final Set<String> GIVING = Set.of("read", "find", "list", "count", "calculate", "check");
    private static final Set<String> HARMLESS =
            Set.of("read", "find", "list", "count", "calculate", "check", "add", "multiply", "subtract", "divide");
    private static final Set<String> VAGUE = Set.of("read", "calculate");
    private static final Pattern LISTING = Pattern.compile(
            "(?i)^\\W*(shows?|gets?|returns?|displays?|gives?)\\s+(all|which|every|the list|a list|the names)\\b.*",
            Pattern.DOTALL);
    private static final Set<String> COMPUTING = Set.of(
            "count", "add", "subtract", "multiply", "divide", "calculate", "find", "list", "translate", "convert");
    /** Below it a tool does not fit. */
    static final double FITS = 3.5;
    /** The same for a tool whose required fields the step fills. */
    static final double FITS_SERVED = 1.2;

    private final Tool tool;
    private final List<Field> fields;
    private final Set<String> actions = new LinkedHashSet<>();
    private final Set<String> words;
    private final Set<String> nameWords;
    private final Set<String> fieldWords = new LinkedHashSet<>();
    private final Map<String, Double> rarity = new HashMap<>();
    private final Set<String> options = new LinkedHashSet<>();
    private final Set<String> vocabulary = new LinkedHashSet<>();
    private final Set<String> rivals = new LinkedHashSet<>();

    private Offer(Tool tool) {
        this.tool = tool;
        words = Words.meaningSet(tool.name() + " " + tool.description());
        fields = Field.of(tool.parameters(), words);
        nameWords = Words.meaningSet(tool.name());
        Words.meanings(tool.description()).stream().limit(1).forEach(nameWords::add);
        firstAction(Words.meanings(tool.name()));
        firstAction(Words.meanings(tool.description()));
        for (Field field : fields) {
            for (JsonNode option : field.schema().path("enum")) {
                options.addAll(Words.meanings(option.asText("")));
            }
        }
        if (LISTING.matcher(tool.description()).matches()) {
            actions.remove("read");
            actions.add("list");
        }
        for (Field field : fields) {
            fieldWords.addAll(field.nameMeanings());
            fieldWords.addAll(field.descriptionMeanings());
        }
    }

    /** A part of this tool that is filled like a tool of its own. */
    Offer inside(Tool part) {
        Offer inner = new Offer(part);
        inner.vocabulary.addAll(vocabulary);
        inner.actions.addAll(actions);
        return inner;
    }

    static List<Offer> of(List<Tool> tools) {
        List<Offer> offers = tools.stream().map(Offer::new).toList();
        for (Offer offer : offers) {
            offers.forEach(other -> offer.rivals.addAll(other.actions));
            offers.forEach(other -> offer.vocabulary.addAll(other.words));
            offer.rivals.removeAll(offer.actions);
            for (String word : offer.words) {
                long sharing = offers.stream()
                        .filter(other -> other.words.contains(word))
                        .count();
                offer.rarity.put(word, 2.8 / Math.sqrt((double) sharing));
            }
        }
        return offers;
    }

    Tool tool() {
        return tool;
    }

    List<Field> fields() {
        return fields;
    }

    Set<String> words() {
        return words;
    }

    Set<String> actions() {
        return actions;
    }

    /** Whether its name, its description or its fields have a word of this meaning. */
    boolean knows(String meaning) {
        return words.contains(meaning) || fieldWords.contains(meaning);
    }

    /** Whether the tools speak of it: it is hardly a value then. */
    boolean isVocabulary(String meaning) {
        return vocabulary.contains(meaning) || fieldWords.contains(meaning);
    }

    /** Whether a field is where something goes to (1) or comes from (-1); 0 for neither. */
    int direction(String field) {
        return fields.stream()
                .filter(each -> each.name().equals(field))
                .mapToInt(Field::direction)
                .findFirst()
                .orElse(0);
    }

    /** Whether its calls change nothing. To add is to calculate only where all is numbers. */
    boolean isHarmless() {
        boolean figures = fields.stream().allMatch(field -> field.isNumeric() || field.isListOfNumbers());
        return HARMLESS.containsAll(actions) && (figures || !actions.contains("add"));
    }

    /** Verbs of the other tools that this one does not do. */
    Set<String> rivals() {
        return rivals;
    }

    double score(Step step) {
        return (named(step) ? 20 : 0) + verbs(step) + things(step);
    }

    /** What speaks for the tool but for its verb. */
    double things(Step step) {
        double score = 0;
        Set<String> nouns = new LinkedHashSet<>(step.meanings());
        nouns.removeIf(Synonyms::isAction);
        for (Value value : step.values()) {
            switch (value.kind()) {
                case PATH -> nouns.add("file");
                case URL -> nouns.add("url");
                case EMAIL -> nouns.add("email");
                default -> {}
            }
        }
        for (String noun : nouns) {
            score += words.contains(noun) ? rarity.getOrDefault(noun, 0.0) : fieldWords.contains(noun) ? 0.8 : 0;
        }
        long other = words.stream()
                .filter(word -> !Synonyms.isAction(word) && !nouns.contains(word))
                .count();
        return score + values(step) - 0.1 * Math.min(8, other);
    }

    double verbs(Step step) {
        if (!step.meanings().isEmpty()
                && nameWords.contains(step.meanings().iterator().next())
                && !Synonyms.knows(step.meanings().iterator().next())) {
            return 4;
        }
        if (step.actions().isEmpty()) {
            return actions.stream().anyMatch(GIVING::contains) ? 1.5 : 0;
        }
        String main = step.actions().getFirst();
        if (actions.contains(main)) {
            boolean more = VAGUE.contains(main) && actions.stream().anyMatch(COMPUTING::contains);
            return more ? 4.5 : 5;
        }
        if (options.contains(main)) {
            return 3.5;
        }
        if (step.actions().stream().anyMatch(actions::contains)) {
            return 2.5;
        }
        if (actions.stream().anyMatch(action -> NEAR.contains(pair(action, main)))) {
            return GIVING.contains(main) && actions.stream().anyMatch(Set.of("read", "find")::contains) ? 3 : 1.8;
        }
        return words.contains(main) ? 1 : actions.isEmpty() ? 0 : -2;
    }

    /** What the values in the step say: a path wants a tool that takes one, and an option one that has it. */
    private double values(Step step) {
        double score = 0;
        for (Field field : fields) {
            if (field.isEnum() && Options.said(field.schema(), step.tokens()) != null) {
                score += 1;
            }
        }
        for (Value value : step.values()) {
            if (value.kind() == Kind.QUOTED) {
                List<String> quoted = Words.meanings(value.text());
                score += !quoted.isEmpty() && words.contains(quoted.getFirst()) ? 1.5 : 0;
            }
            if (value.kind() == Kind.PATH || value.kind() == Kind.URL || value.kind() == Kind.EMAIL) {
                boolean taken = fields.stream().anyMatch(field -> Fit.of(value, field) > 1);
                score += taken ? 1 : -1.5;
            }
        }
        boolean numbers = step.values().stream().anyMatch(value -> value.kind() == Kind.NUMBER);
        boolean anyText = step.values().stream().anyMatch(value -> value.kind() != Kind.NUMBER);
        boolean onlyNumbers =
                !fields.isEmpty() && fields.stream().filter(Field::required).allMatch(Field::isNumeric);
        return score + (numbers && !anyText && onlyNumbers ? 0.5 : 0);
    }

    private boolean named(Step step) {
        return step.tokens().stream().anyMatch(token -> token.text().equalsIgnoreCase(tool.name()));
    }

    private void firstAction(List<String> meanings) {
        List<String> first = new ArrayList<>(meanings.subList(0, Math.min(4, meanings.size())));
        first.stream().filter(Synonyms::isAction).findFirst().ifPresent(actions::add);
        // "Returns how many …" reads nothing: what is returned says more.
        boolean vague = first.stream()
                .filter(Synonyms::isAction)
                .findFirst()
                .map(VAGUE::contains)
                .orElse(true);
        meanings.stream()
                .limit(5)
                .filter(meaning -> vague && COMPUTING.contains(meaning) && !actions.contains(meaning))
                .findFirst()
                .ifPresent(actions::add);
    }

    private static Set<String> pair(String one, String other) {
        return one.equals(other) ? Set.of(one) : Set.of(one, other);
    }

    @Override
    public String toString() {
        return tool.name().toLowerCase(Locale.ROOT);
    }
}
