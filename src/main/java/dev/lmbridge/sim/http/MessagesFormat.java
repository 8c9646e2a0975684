package dev.lmbridge.sim.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/messages}: Anthropic's shape. LM Studio's documents name its events, without {@code ping}. */
final class MessagesFormat implements AnswerFormat {
    private final String id;
    private final @Nullable String asked;
    private final List<String> stops;
    private int block = -1;
    private @Nullable String open;

    /**
     * The answer to one request.
     *
     * @param asked the model of the request
     * @param stops its stop sequences; the answer can tell which one it met only if there is one
     */
    MessagesFormat(String id, @Nullable String asked, List<String> stops) {
        this.id = id;
        this.asked = asked;
        this.stops = List.copyOf(stops);
    }

    @Override
    public ObjectNode whole(Answer answer) {
        ObjectNode message = message(answer, answer.script().tokens().size());
        ArrayNode content = message.withArray("content");
        String thoughts = OpenAi.reasoning(answer.script());
        if (!thoughts.isEmpty()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", thoughts)
                    .put("signature", "");
        }
        String text = OpenAi.content(answer.script());
        if (!text.isEmpty()) {
            content.addObject().put("type", "text").put("text", text);
        }
        for (ToolCall call : OpenAi.calls(answer.script())) {
            content.addObject()
                    .put("type", "tool_use")
                    .put("id", call.id())
                    .put("name", call.tool())
                    .set("input", input(call.arguments()));
        }
        stop(message, answer.script());
        return message;
    }

    @Override
    public List<String> opening(Answer answer) {
        ObjectNode event = Replies.object().put("type", "message_start");
        event.set("message", message(answer, 0));
        return List.of(OpenAi.typed(event));
    }

    @Override
    public List<String> piece(Answer answer, Token token) {
        List<String> events = new ArrayList<>();
        switch (token) {
            case Token.Reasoning thought -> {
                begin(events, "thinking", Replies.object().put("thinking", "").put("signature", ""));
                events.add(delta("thinking_delta", "thinking", thought.text()));
            }
            case Token.Content content -> {
                begin(events, "text", Replies.object().put("text", ""));
                events.add(delta("text_delta", "text", content.text()));
            }
            case Token.CallOpening call -> {
                end(events);
                ObjectNode use = Replies.object().put("id", call.id()).put("name", call.tool());
                use.putObject("input");
                begin(events, "tool_use", use);
            }
            case Token.CallArguments piece -> events.add(delta("input_json_delta", "partial_json", piece.text()));
        }
        return events;
    }

    @Override
    public List<String> closing(Answer answer) {
        List<String> events = new ArrayList<>();
        end(events);
        ObjectNode last = Replies.object().put("type", "message_delta");
        stop(last.putObject("delta"), answer.script());
        last.putObject("usage").put("output_tokens", answer.script().tokens().size());
        events.add(OpenAi.typed(last));
        events.add(OpenAi.typed(Replies.object().put("type", "message_stop")));
        return events;
    }

    @Override
    public List<String> broken(Refusal refusal) {
        return List.of(OpenAi.typed(Errors.anthropic("api_error", Errors.text(asked, refusal))));
    }

    @Override
    public void refuse(HttpServerResponse response, Refusal refusal) {
        Errors.anthropic(response, asked, refusal);
    }

    private ObjectNode message(Answer answer, int outputTokens) {
        ObjectNode message =
                Replies.object().put("id", id).put("type", "message").put("role", "assistant");
        message.put("model", answer.model()).putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        message.putObject("usage")
                .put("input_tokens", answer.script().promptTokens())
                .put("output_tokens", outputTokens);
        return message;
    }

    private void stop(ObjectNode target, Script script) {
        boolean stopped = script.stopReason().equals("stopStringFound");
        String reason = switch (OpenAi.finishReason(script)) {
            case "length" -> "max_tokens";
            case "tool_calls" -> "tool_use";
            default -> stopped ? "stop_sequence" : "end_turn";
        };
        target.put("stop_reason", reason);
        target.put("stop_sequence", stopped && stops.size() == 1 ? stops.getFirst() : null);
    }

    private void begin(List<String> events, String type, ObjectNode content) {
        if (type.equals(open)) {
            return;
        }
        end(events);
        open = type;
        ObjectNode event = Replies.object().put("type", "content_block_start").put("index", ++block);
        event.putObject("content_block").put("type", type).setAll(content);
        events.add(OpenAi.typed(event));
    }

    private void end(List<String> events) {
        if (open != null) {
            open = null;
            events.add(OpenAi.typed(
                    Replies.object().put("type", "content_block_stop").put("index", block)));
        }
    }

    private String delta(String type, String field, String text) {
        ObjectNode event = Replies.object().put("type", "content_block_delta").put("index", block);
        event.putObject("delta").put("type", type).put(field, text);
        return OpenAi.typed(event);
    }

    /** Arguments that are no JSON stay the text that they are: there is no better place for what the model wrote. */
    private static JsonNode input(String arguments) {
        try {
            JsonNode tree = Replies.JSON.readTree(arguments);
            return tree.isMissingNode() ? Replies.object() : tree;
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(arguments);
        }
    }
}
