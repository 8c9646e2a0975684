package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import org.jspecify.annotations.Nullable;

/** {@code /v1/chat/completions}: OpenAI's shape, with {@code reasoning_content} for what a reasoning model thinks. */
final class ChatFormat implements AnswerFormat {
    static final String FINGERPRINT = "lm-bridge-sim";

    private final String id;
    private final long created;

    ChatFormat(String id, long created) {
        this.id = id;
        this.created = created;
    }

    @Override
    public ObjectNode whole(String model, Script script) {
        ObjectNode answer = head("chat.completion", model);
        ObjectNode choice =
                answer.putArray("choices").addObject().put("index", 0).putNull("logprobs");
        choice.put("finish_reason", AnswerFormat.finishReason(script));
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.put("content", AnswerFormat.join(script.tokens(), Token.Channel.CONTENT));
        String reasoning = AnswerFormat.join(script.tokens(), Token.Channel.REASONING);
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning);
        }
        answer.set("usage", AnswerFormat.usageOf(script));
        answer.putObject("stats");
        return answer.put("system_fingerprint", FINGERPRINT);
    }

    @Override
    public ObjectNode opening(String model) {
        ObjectNode delta = Replies.object().put("role", "assistant").put("content", "");
        return chunk(model, delta, null);
    }

    @Override
    public ObjectNode piece(String model, Token token) {
        String field = switch (token.channel()) {
            case CONTENT -> "content";
            case REASONING -> "reasoning_content";
        };
        return chunk(model, Replies.object().put(field, token.text()), null);
    }

    @Override
    public ObjectNode closing(String model, Script script) {
        return chunk(model, Replies.object(), AnswerFormat.finishReason(script));
    }

    @Override
    public ObjectNode usage(String model, Script script) {
        ObjectNode chunk = head("chat.completion.chunk", model).put("system_fingerprint", FINGERPRINT);
        chunk.putArray("choices");
        chunk.set("usage", AnswerFormat.usageOf(script));
        return chunk;
    }

    private ObjectNode chunk(String model, ObjectNode delta, @Nullable String finish) {
        ObjectNode chunk = head("chat.completion.chunk", model).put("system_fingerprint", FINGERPRINT);
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs").put("finish_reason", finish);
        return chunk;
    }

    private ObjectNode head(String object, String model) {
        return Replies.object()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", model);
    }
}
