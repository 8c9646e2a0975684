package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the answers of the {@code /v1} routes have in common. */
final class OpenAi {
    static final String FINGERPRINT = "lm-bridge-sim";
    static final String DONE = "data: [DONE]\n\n";

    private OpenAi() {}

    static String event(JsonNode json) {
        return "data: " + json + "\n\n";
    }

    /** An event with a name, which is the {@code type} of its data. */
    static String typed(ObjectNode json) {
        return "event: " + json.path("type").textValue() + "\ndata: " + json + "\n\n";
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
        int thought = reasoningTokens(script);
        ObjectNode usage = Replies.object()
                .put("prompt_tokens", script.promptTokens())
                .put("completion_tokens", answered)
                .put("total_tokens", script.promptTokens() + answered);
        if (thought > 0) {
            usage.putObject("completion_tokens_details").put("reasoning_tokens", thought);
        }
        return usage;
    }

    /** The text of the answer itself. */
    static String content(Script script) {
        return join(script.tokens(), Token.Content.class);
    }

    static String reasoning(Script script) {
        return join(script.tokens(), Token.Reasoning.class);
    }

    static int reasoningTokens(Script script) {
        return (int) script.tokens().stream()
                .filter(Token.Reasoning.class::isInstance)
                .count();
    }

    /** The calls of tools, in the order in which they begin. */
    static List<ToolCall> calls(Script script) {
        Map<Integer, Token.CallOpening> openings = new LinkedHashMap<>();
        Map<Integer, StringBuilder> arguments = new LinkedHashMap<>();
        for (Token token : script.tokens()) {
            if (token instanceof Token.CallOpening opening) {
                openings.put(opening.index(), opening);
            } else if (token instanceof Token.CallArguments piece) {
                arguments
                        .computeIfAbsent(piece.index(), index -> new StringBuilder())
                        .append(piece.text());
            }
        }
        List<ToolCall> calls = new ArrayList<>();
        openings.forEach((index, opening) -> calls.add(new ToolCall(
                opening.id(),
                opening.tool(),
                arguments.getOrDefault(index, new StringBuilder()).toString())));
        return calls;
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
