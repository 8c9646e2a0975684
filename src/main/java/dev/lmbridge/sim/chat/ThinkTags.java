package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.ArrayList;
import java.util.List;

/** The way of models whose reasoning LM Studio does not separate: it stands in the content, between tags. */
public final class ThinkTags {
    private ThinkTags() {}

    /** The same script with its reasoning as content between {@code <think>} and {@code </think>}. */
    public static Script apply(Script script) {
        List<Token> tokens = new ArrayList<>();
        boolean thinking = false;
        for (Token token : script.tokens()) {
            if (token instanceof Token.Reasoning reasoning) {
                if (!thinking) {
                    tokens.add(new Token.Content("<think>"));
                    thinking = true;
                }
                tokens.add(new Token.Content(reasoning.text()));
            } else {
                if (thinking) {
                    tokens.add(new Token.Content("</think>"));
                    thinking = false;
                }
                tokens.add(token);
            }
        }
        // An answer that was cut while it thought never closes its tag.
        return new Script(script.promptTokens(), tokens, script.stopReason(), script.refusal());
    }
}
