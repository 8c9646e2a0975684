package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.machine.MachineSettings.ReasoningStyle;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/chat/completions}: OpenAI's shape, with a field of its own for what a reasoning model thinks. */
final class ChatFormat implements AnswerFormat {
    private final Head head;

    /**
     * What is known before the answer begins.
     *
     * @param asked the model of the request
     * @param created seconds since 1970
     * @param usage whether a stream ends with the numbers of tokens
     * @param thoughts the name of the field for what the model thinks
     */
    record Head(String id, long created, @Nullable String asked, boolean usage, String thoughts) {
        Head(String id, long created, @Nullable String asked, boolean usage) {
            this(id, created, asked, usage, ReasoningStyle.FIELD.wireName());
        }

        ObjectNode of(String object, String model) {
            return Replies.object()
                    .put("id", id)
                    .put("object", object)
                    .put("created", created)
                    .put("model", model)
                    .put("system_fingerprint", OpenAi.FINGERPRINT);
        }
    }

    ChatFormat(Head head) {
        this.head = head;
    }

    @Override
    public ObjectNode whole(Answer answer) {
        ObjectNode body = head.of("chat.completion", answer.model());
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0).putNull("logprobs");
        choice.put("finish_reason", OpenAi.finishReason(answer.script()));
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        String content = OpenAi.content(answer.script());
        List<ToolCall> calls = OpenAi.calls(answer.script());
        // LM Studio leaves the content out when there are only calls.
        if (!content.isEmpty() || calls.isEmpty()) {
            message.put("content", content);
        }
        String reasoning = OpenAi.reasoning(answer.script());
        if (!reasoning.isEmpty()) {
            message.put(head.thoughts(), reasoning);
        }
        if (!calls.isEmpty()) {
            ArrayNode list = message.putArray("tool_calls");
            calls.forEach(call -> list.add(call(call.id(), call.tool(), call.arguments())));
        }
        body.set("usage", OpenAi.usage(answer.script()));
        body.putObject("stats");
        return body;
    }

    @Override
    public List<String> opening(Answer answer) {
        ObjectNode delta = Replies.object().put("role", "assistant");
        if (OpenAi.calls(answer.script()).isEmpty()) {
            delta.put("content", "");
        }
        return List.of(chunk(answer, delta, null));
    }

    @Override
    public List<String> piece(Answer answer, Token token) {
        ObjectNode delta = Replies.object();
        switch (token) {
            case Token.Content content -> delta.put("content", content.text());
            case Token.Reasoning thought -> delta.put(head.thoughts(), thought.text());
            case Token.CallOpening opening -> {
                ObjectNode call = Replies.object().put("index", opening.index());
                call.setAll(call(opening.id(), opening.tool(), ""));
                delta.putArray("tool_calls").add(call);
            }
            case Token.CallArguments piece ->
                delta.putArray("tool_calls")
                        .addObject()
                        .put("index", piece.index())
                        .putObject("function")
                        .put("arguments", piece.text());
        }
        return List.of(chunk(answer, delta, null));
    }

    @Override
    public List<String> closing(Answer answer) {
        List<String> events = new ArrayList<>();
        events.add(chunk(answer, Replies.object(), OpenAi.finishReason(answer.script())));
        if (head.usage()) {
            ObjectNode numbers = head.of("chat.completion.chunk", answer.model());
            numbers.putArray("choices");
            numbers.set("usage", OpenAi.usage(answer.script()));
            events.add(OpenAi.event(numbers));
        }
        events.add(OpenAi.DONE);
        return events;
    }

    @Override
    public List<String> broken(Refusal refusal) {
        return OpenAi.broken(refusal);
    }

    @Override
    public void refuse(HttpServerResponse response, Refusal refusal) {
        Errors.openAi(response, head.asked(), refusal);
    }

    private static ObjectNode call(String id, String tool, String arguments) {
        ObjectNode call = Replies.object().put("id", id).put("type", "function");
        call.putObject("function").put("name", tool).put("arguments", arguments);
        return call;
    }

    private String chunk(Answer answer, ObjectNode delta, @Nullable String finish) {
        ObjectNode chunk = head.of("chat.completion.chunk", answer.model());
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs").put("finish_reason", finish);
        return OpenAi.event(chunk);
    }
}
