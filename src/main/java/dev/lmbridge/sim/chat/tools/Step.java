package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.sim.chat.words.Synonyms;
import dev.lmbridge.sim.chat.words.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One step of a task: what it wants done, and with what. */
final class Step {
    private static final String CUES =
            "to into onto in inside from of for about with named called titled saying as by at on under";
    /** What stands before them says nothing about what stands behind. */
    private static final String PLACES = "to into onto in inside from at under";

    private static final String LABELS = "type kind category role colour color unit language";
    private static final String OPERATORS = "*×+÷";
    private static final int LOOK_BACK = 5;

    private final List<Lexer.Token> tokens;
    private final Set<String> meanings = new LinkedHashSet<>();
    private final List<String> actions = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();
    private int[] group = {};
    private int groups;
    private int spoken;

    Step(List<Lexer.Token> tokens) {
        this.tokens = List.copyOf(tokens);
        for (Lexer.Token token : tokens) {
            learn(token);
        }
        if (actions.isEmpty() && Extreme.of(this).isPresent()) {
            actions.add("list");
        }
        readValues();
    }

    /** The same words as something to read: for a tool that gives what is to be counted or told. */
    Step asReading() {
        List<Lexer.Token> more = new ArrayList<>();
        more.add(new Lexer.Token(Kind.WORD, "read", "", 0));
        more.addAll(tokens);
        return new Step(more);
    }

    List<Lexer.Token> tokens() {
        return tokens;
    }

    /** Meanings of its words, without the values in it. */
    Set<String> meanings() {
        return meanings;
    }

    /** Verbs in their order. */
    List<String> actions() {
        return actions;
    }

    List<Value> values() {
        return values;
    }

    boolean says(String words) {
        return tokens.stream().anyMatch(token -> token.isWord(words));
    }

    /** It speaks of what an earlier step gave. */
    boolean refersBack() {
        return says("it its that those this them their result results found these both each every there");
    }

    /** It only wants to be told something. */
    boolean isReport() {
        return tokens.stream()
                .filter(Lexer.Token::isWord)
                .filter(token -> !token.isWord("please and then finally also can could you now"))
                .findFirst()
                .map(token -> token.isWord("tell say answer reply report respond explain give let state mention"))
                .orElse(false);
    }

    private void learn(Lexer.Token token) {
        if (token.isWord() && !Words.isStop(token.text())) {
            for (String meaning : Words.meanings(token.text())) {
                meanings.add(meaning);
                if (Synonyms.isAction(meaning)) {
                    actions.add(meaning);
                }
            }
        } else if (token.isMark(OPERATORS) && tokens.size() > 2) {
            String action = token.text().equals("+") ? "add" : token.text().equals("÷") ? "divide" : "multiply";
            meanings.add(action);
            actions.add(action);
        }
    }

    private void readValues() {
        group = lists();
        for (int i = 0; i < tokens.size(); i++) {
            Lexer.Token token = tokens.get(i);
            if (i < spoken) {
                continue;
            }
            if (token.isLiteral()) {
                values.add(value(token.kind(), token.text(), token.key(), i, group[i]));
            } else if (token.isWord() && !Words.isStop(token.text())) {
                boolean strange =
                        !Synonyms.knows(token.text().toLowerCase(Locale.ROOT)) && !Words.isOrdinary(token.text());
                boolean called = i + 1 < tokens.size() && tokens.get(i + 1).isWord("called named");
                boolean labelled = called
                        || (i > 0
                                && tokens.get(i - 1).isWord(LABELS)
                                && !tokens.get(i).isWord(CUES));
                if (strange || labelled || group[i] > 0) {
                    values.add(value(Kind.WORD, token.text(), "", i, group[i]));
                }
            }
            if (i > 0 && isCapital(i) && isCapital(i + 1) && !isCapital(i - 1)) {
                name(i);
            }
            boolean told = token.isWord("saying")
                    || (token.isWord("say") && i > 0 && tokens.get(i - 1).isWord("to"));
            boolean many = i > 0 && tokens.get(i - 1).text().endsWith("s");
            if (told || (token.isMark(":") && !many && !isVerb(i + 1))) {
                speech(i + 1);
            }
            if (token.isWord("for about named called titled with") && i + 2 < tokens.size()) {
                phrase(i + 1);
            }
        }
    }

    /** Capital letters in a row are one name. */
    private void name(int from) {
        StringBuilder name = new StringBuilder(tokens.get(from).text());
        for (int i = from + 1; isCapital(i); i++) {
            name.append(' ').append(tokens.get(i).text());
        }
        Value value = value(Kind.PHRASE, name.toString(), "", from, 0);
        values.add(new Value(Kind.PHRASE, value.json(), "", value.about(), value.cue(), value.origin(), 0, from, 1.5));
    }

    /** What follows a colon or "saying", up to the end: one text, if it is more than one word. */
    private void speech(int from) {
        int end = from;
        while (end < tokens.size() && tokens.get(end).isWord()) {
            end++;
        }
        boolean toTheEnd = end == tokens.size() || tokens.get(end).isMark(".!?\n");
        if (toTheEnd && end - from > (tokens.get(from - 1).isWord("say") ? 0 : 1)) {
            List<String> words =
                    tokens.subList(from, end).stream().map(Lexer.Token::text).toList();
            values.removeIf(value -> value.order() >= from);
            spoken = end;
            values.add(value(Kind.QUOTED, String.join(" ", words), "", from, 0));
        }
    }

    private boolean isVerb(int at) {
        return at < tokens.size()
                && (tokens.get(at).isWord("please")
                        || Synonyms.isAction(
                                Synonyms.meaning(tokens.get(at).text().toLowerCase(Locale.ROOT))));
    }

    /** Whether the token there is written like a name, and not because a sentence begins. */
    boolean isName(int at) {
        return at > 0 && isCapital(at);
    }

    private boolean isCapital(int at) {
        return at >= 0
                && at < tokens.size()
                && tokens.get(at).isWord()
                && Character.isUpperCase(tokens.get(at).text().charAt(0));
    }

    /** Words after "for", "about" and the like, up to the next sign, preposition or value. */
    private void phrase(int from) {
        List<String> words = new ArrayList<>();
        int i = from;
        while (i < tokens.size()
                && (tokens.get(i).isWord() || tokens.get(i).kind() == Kind.IDENT)
                && !tokens.get(i).isWord(CUES + " and or then using")) {
            words.add(tokens.get(i).text());
            i++;
        }
        while (!words.isEmpty() && Words.isStop(words.getFirst())) {
            words.removeFirst();
        }
        boolean leadsToLiteral = i < tokens.size() && tokens.get(i).isLiteral();
        boolean named = words.size() > 1
                && Character.isUpperCase(words.getLast().charAt(0))
                        != Character.isUpperCase(words.getFirst().charAt(0));
        if (words.size() > 1 && !leadsToLiteral && !named) {
            values.add(value(Kind.PHRASE, String.join(" ", words), "", from, 0));
        }
    }

    private Value value(Kind kind, String text, String key, int at, int list) {
        Set<String> about = new LinkedHashSet<>();
        String cue = "";
        int first = list == 0 ? at : firstOf(list);
        for (int i = first - 1;
                i >= 0 && i >= first - LOOK_BACK && !tokens.get(i).isLiteral();
                i--) {
            Lexer.Token token = tokens.get(i);
            if (token.isMark(".,;!?\n")) {
                break;
            }
            if (token.isWord() && cue.isEmpty() && token.isWord(CUES)) {
                cue = token.text().toLowerCase(Locale.ROOT);
                if (token.isWord(PLACES)) {
                    break;
                }
            }
            if (kind == Kind.NUMBER && i == first - 1 && token.isWord("last first top newest latest")) {
                about.add("limit");
            }
            about.addAll(Words.meanings(token.text()));
        }
        if (kind == Kind.WORD && at + 1 < tokens.size() && tokens.get(at + 1).isWord("called named")) {
            about.add("type");
        }
        if (at + 1 < tokens.size() && tokens.get(at + 1).isWord("as")) {
            for (int i = at + 2;
                    i < Math.min(tokens.size(), at + 5) && tokens.get(i).isWord();
                    i++) {
                about.addAll(Words.meanings(tokens.get(i).text()));
            }
        } else if (kind == Kind.NUMBER
                && at + 1 < tokens.size()
                && tokens.get(at + 1).isWord()) {
            about.addAll(Words.meanings(tokens.get(at + 1).text()));
        }
        return new Value(
                kind,
                JsonNodeFactory.instance.textNode(text),
                key,
                about,
                cue,
                Value.Origin.TASK,
                list,
                at,
                kind == Kind.WORD && describes(at)
                        ? -0.5 + (Synonyms.knows(tokens.get(at + 1).text().toLowerCase(Locale.ROOT)) ? 0.3 : 0)
                        : 0);
    }

    /** A word right before another one is more likely its attribute, or its verb. */
    private boolean describes(int at) {
        return at + 1 < tokens.size()
                && tokens.get(at + 1).isWord()
                && !tokens.get(at + 1).isWord("called named")
                && !Words.isStop(tokens.get(at + 1).text());
    }

    private int firstOf(int number) {
        int at = 0;
        while (group[at] != number) {
            at++;
        }
        return at;
    }

    private boolean separated(int at) {
        return tokens.get(at).isMark(",") || tokens.get(at).isWord("and or");
    }

    /** Numbers the lists "a, b and c": the same number for its members, 0 for all else. */
    private int[] lists() {
        int[] list = new int[tokens.size()];
        int last = -1;
        for (int i = 0; i < tokens.size(); i++) {
            if (!isAtom(i)) {
                continue;
            }
            boolean joined = last >= 0 && i - last >= 2 && i - last <= 3 && between(last + 1, i);
            boolean alike = joined
                    && (tokens.get(last).kind() == tokens.get(i).kind()
                            || tokens.get(i).isLiteral());
            if (alike) {
                if (list[last] == 0) {
                    list[last] = ++groups;
                }
                list[i] = list[last];
            }
            last = i;
        }
        return list;
    }

    private boolean isAtom(int i) {
        Lexer.Token token = tokens.get(i);
        boolean label = i + 1 < tokens.size()
                && (tokens.get(i + 1).isLiteral()
                        || tokens.get(i + 1).isMark(":")
                        || (i + 2 < tokens.size()
                                && tokens.get(i + 1).isWord()
                                && !tokens.get(i + 1).isWord("and or")
                                && tokens.get(i + 2).isLiteral()
                                && Synonyms.knows(token.text().toLowerCase(Locale.ROOT))));
        return token.isLiteral() || (token.isWord() && !Words.isStop(token.text()) && !label);
    }

    private boolean between(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!separated(i)) {
                return false;
            }
        }
        return true;
    }
}
