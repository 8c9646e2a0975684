package dev.lmbridge.sim.chat.tools;

import dev.lmbridge.sim.chat.words.Synonyms;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a task into its steps: at sentences, at "then" and the like, and where another verb begins. */
final class Steps {
    private static final int MOST = 24;

    private Steps() {}

    /** "Copy a to b" where nothing copies: read a, write it to b. */
    static Step[] copying(Step step) {
        List<Lexer.Token> tokens = step.tokens();
        for (int i = 1; i < tokens.size(); i++) {
            if (tokens.get(i).isWord("to into as")) {
                List<Lexer.Token> rest = new ArrayList<>(Lexer.tokens("write it"));
                rest.addAll(tokens.subList(i, tokens.size()));
                return new Step[] {new Step(tokens.subList(0, i)).asReading(), new Step(rest)};
            }
        }
        return new Step[] {step};
    }

    static List<Step> of(String task) {
        List<Lexer.Token> tokens = Lexer.tokens(task);
        List<Step> steps = new ArrayList<>();
        List<Lexer.Token> current = new ArrayList<>();
        for (int i = 0; i < tokens.size() && steps.size() < MOST; i++) {
            if (ends(tokens, i)) {
                close(current, steps);
            } else if (startsAction(tokens, i)) {
                close(current, steps);
                if (!tokens.get(i).isMark(",") && !tokens.get(i).isWord("and")) {
                    current.add(tokens.get(i));
                }
            } else {
                current.add(tokens.get(i));
            }
        }
        close(current, steps);
        return steps;
    }

    private static void close(List<Lexer.Token> current, List<Step> steps) {
        boolean numberOnly = current.size() == 1 && current.getFirst().kind() == Kind.NUMBER;
        if (!numberOnly && current.stream().anyMatch(token -> token.kind() != Kind.MARK)) {
            if (!steps.isEmpty() && describesIt(current)) {
                List<Lexer.Token> joined = new ArrayList<>(steps.removeLast().tokens());
                joined.addAll(current);
                steps.add(new Step(joined));
            } else {
                steps.add(new Step(current));
            }
        }
        current.clear();
    }

    /** "It should say …" tells more about the step before. */
    private static boolean describesIt(List<Lexer.Token> tokens) {
        return tokens.size() > 2
                && tokens.get(0).isWord("it they he she this")
                && tokens.get(1).isWord("should shall must has have is are contains needs");
    }

    private static boolean ends(List<Lexer.Token> tokens, int i) {
        Lexer.Token token = tokens.get(i);
        return token.isMark(".;!?\n)") || isAfterThat(tokens, i) || token.isWord("then finally afterwards next lastly");
    }

    private static boolean isAfterThat(List<Lexer.Token> tokens, int i) {
        return tokens.get(i).isWord("after")
                && i + 1 < tokens.size()
                && tokens.get(i + 1).isWord("that this");
    }

    /** "and write", ", count": a joint followed by a verb that has something after it. */
    private static boolean startsAction(List<Lexer.Token> tokens, int i) {
        if (!tokens.get(i).isMark(",") && !tokens.get(i).isWord("and")) {
            return false;
        }
        int next = i + 1;
        while (next < tokens.size() && tokens.get(next).isWord("and also then please finally")) {
            next++;
        }
        if (next + 1 >= tokens.size() || !tokens.get(next).isWord()) {
            return false;
        }
        String word = tokens.get(next).text().toLowerCase(Locale.ROOT);
        boolean verb = Synonyms.isAction(Synonyms.meaning(word)) && !word.endsWith("s") && Synonyms.knows(word);
        boolean told = tokens.get(next).isWord("tell report answer reply say give let");
        return (verb || told)
                && !tokens.get(next + 1).isMark(",.;!?\n")
                && !tokens.get(next + 1).isWord("of and or");
    }
}
