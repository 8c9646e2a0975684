package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.List;

/** What the answers of the {@code /v1} routes have in common. */
final class OpenAi {
    static final String FINGERPRINT = "lm-bridge-sim";
    static final String DONE = "data: [DONE]\n\n";

    private OpenAi() {}

    static String event(JsonNode json) {
        return "data: " + json + "\n\n";
    }

    /** {@code stop}, {@code length} or {@code tool_calls}. */
    static String finishReason(Script script) {
        return switch (script.stopReason()) {
            case "maxPredictedTokensReached", "contextLengthReached" -> "length";
            case "toolCalls" -> "tool_calls";
            default -> "stop";
        };
    }

    static ObjectNode usage(Script script) {
        int answered = script.tokens().size();
        return Replies.object()
                .put("prompt_tokens", script.promptTokens())
                .put("completion_tokens", answered)
                .put("total_tokens", script.promptTokens() + answered);
    }

    /** The text of the answer itself. */
    static String content(Script script) {
        return join(script.tokens(), Token.Content.class);
    }

    static String reasoning(Script script) {
        return join(script.tokens(), Token.Reasoning.class);
    }

    static List<String> broken(Refusal refusal) {
        ObjectNode error = Replies.object();
        error.putObject("error").put("message", refusal.title());
        return List.of("event: error\ndata: " + error + "\n\n");
    }

    private static String join(List<Token> tokens, Class<? extends Token> kind) {
        StringBuilder text = new StringBuilder();
        for (Token token : tokens) {
            if (kind.isInstance(token)) {
                text.append(token.text());
            }
        }
        return text.toString();
    }
}
