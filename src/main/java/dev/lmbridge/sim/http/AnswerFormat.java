package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shape of one API's answers: whole, and in pieces. */
interface AnswerFormat {
    /** The answer to a request that does not stream. */
    ObjectNode whole(String model, Script script);

    /** The piece before the first token, or null if the API has none. */
    @Nullable
    ObjectNode opening(String model);

    ObjectNode piece(String model, Token token);

    /** The piece that says why it ended. */
    ObjectNode closing(String model, Script script);

    /** The piece with the numbers, for those who asked for it. */
    ObjectNode usage(String model, Script script);

    /** {@code stop} or {@code length}. */
    static String finishReason(Script script) {
        return switch (script.stopReason()) {
            case "maxPredictedTokensReached", "contextLengthReached" -> "length";
            default -> "stop";
        };
    }

    static ObjectNode usageOf(Script script) {
        int answered = script.tokens().size();
        return Replies.object()
                .put("prompt_tokens", script.promptTokens())
                .put("completion_tokens", answered)
                .put("total_tokens", script.promptTokens() + answered);
    }

    static String join(List<Token> tokens, Token.Channel channel) {
        StringBuilder text = new StringBuilder();
        for (Token token : tokens) {
            if (token.channel() == channel) {
                text.append(token.text());
            }
        }
        return text.toString();
    }
}
