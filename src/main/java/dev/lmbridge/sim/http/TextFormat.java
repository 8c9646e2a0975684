package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import org.jspecify.annotations.Nullable;

/** {@code /v1/completions}: OpenAI's older shape. */
final class TextFormat implements AnswerFormat {
    private final String id;
    private final long created;

    TextFormat(String id, long created) {
        this.id = id;
        this.created = created;
    }

    @Override
    public ObjectNode whole(String model, Script script) {
        ObjectNode answer = choice(
                model, AnswerFormat.join(script.tokens(), Token.Channel.CONTENT), AnswerFormat.finishReason(script));
        answer.set("usage", AnswerFormat.usageOf(script));
        answer.putObject("stats");
        return answer;
    }

    @Override
    public @Nullable ObjectNode opening(String model) {
        return null;
    }

    @Override
    public ObjectNode piece(String model, Token token) {
        return choice(model, token.text(), null);
    }

    @Override
    public ObjectNode closing(String model, Script script) {
        return choice(model, "", AnswerFormat.finishReason(script));
    }

    @Override
    public ObjectNode usage(String model, Script script) {
        ObjectNode chunk = head(model);
        chunk.putArray("choices");
        chunk.set("usage", AnswerFormat.usageOf(script));
        return chunk;
    }

    private ObjectNode choice(String model, String text, @Nullable String finish) {
        ObjectNode chunk = head(model);
        chunk.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("text", text)
                .putNull("logprobs")
                .put("finish_reason", finish);
        return chunk;
    }

    private ObjectNode head(String model) {
        return Replies.object()
                .put("id", id)
                .put("object", "text_completion")
                .put("created", created)
                .put("model", model)
                .put("system_fingerprint", ChatFormat.FINGERPRINT);
    }
}
