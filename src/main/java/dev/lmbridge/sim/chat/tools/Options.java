package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.words.Synonyms;
import dev.lmbridge.sim.chat.words.Words;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the value of an {@code enum} that a text says. */
final class Options {
    private Options() {}

    /** The option that occurs, in its words or in their meanings; the longest if several do; null if none. */
    static @Nullable JsonNode said(ObjectNode schema, List<Lexer.Token> tokens) {
        StringBuilder text = new StringBuilder(" ");
        StringBuilder meanings = new StringBuilder(" ");
        for (Lexer.Token token : tokens) {
            if (token.kind() != Kind.MARK) {
                for (String word : Words.plain(token.text().replace('_', ' '))) {
                    text.append(word).append(' ');
                    meanings.append(Synonyms.meaning(word)).append(' ');
                }
            }
        }
        JsonNode exact = longest(schema, text.toString(), false);
        return exact == null ? longest(schema, meanings.toString(), true) : exact;
    }

    private static @Nullable JsonNode longest(ObjectNode schema, String text, boolean meaning) {
        JsonNode best = null;
        for (JsonNode option : schema.path("enum")) {
            StringBuilder words = new StringBuilder(" ");
            for (String word : Words.plain(option.asText("").replace('_', ' '))) {
                words.append(meaning ? Synonyms.meaning(word) : word).append(' ');
            }
            boolean longer =
                    best == null || best.asText().length() < option.asText().length();
            if (words.length() > 2 && text.contains(words) && longer) {
                best = option;
            }
        }
        return best;
    }
}
