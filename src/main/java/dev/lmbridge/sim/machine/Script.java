package dev.lmbridge.sim.machine;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an instance will do with one request, known before it starts: the models are rule-based.
 *
 * @param promptTokens tokens of the prompt; they decide how long its processing takes
 * @param tokens the answer; empty for an embedding
 * @param stopReason why it ends, in the words of LM Studio's statistics ({@code eosFound} …)
 * @param refusal why the instance does not answer at all, or null
 * @param input the prompt as LM Studio's log shows it
 */
public record Script(
        int promptTokens,
        List<Token> tokens,
        String stopReason,
        @Nullable Refusal refusal,
        Supplier<String> input) {
    public Script {
        tokens = List.copyOf(tokens);
    }

    /** One whose prompt no log shows. */
    public Script(int promptTokens, List<Token> tokens, String stopReason, @Nullable Refusal refusal) {
        this(promptTokens, tokens, stopReason, refusal, () -> "");
    }

    public Script withInput(Supplier<String> text) {
        return new Script(promptTokens, tokens, stopReason, refusal, text);
    }

    /** The instance reads the prompt and then refuses. */
    public static Script refused(int promptTokens, Refusal refusal) {
        return new Script(promptTokens, List.of(), "failed", refusal);
    }
}
