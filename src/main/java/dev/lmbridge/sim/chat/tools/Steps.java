package dev.lmbridge.sim.chat.tools;

import dev.lmbridge.sim.chat.words.Synonyms;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a task into its steps: at sentences, at "then" and the like, and where another verb begins. */
final class Steps {
    private static final int MOST = 24;

    private Steps() {}

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
            steps.add(new Step(current));
        }
        current.clear();
    }

    private static boolean ends(List<Lexer.Token> tokens, int i) {
        Lexer.Token token = tokens.get(i);
        return token.isMark(".;!?\n)") || token.isWord("then finally afterwards next lastly");
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
