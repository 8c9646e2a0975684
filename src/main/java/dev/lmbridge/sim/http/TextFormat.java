package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/completions}: OpenAI's older shape. */
final class TextFormat implements AnswerFormat {
    private final ChatFormat.Head head;

    TextFormat(ChatFormat.Head head) {
        this.head = head;
    }

    @Override
    public ObjectNode whole(Answer answer) {
        ObjectNode body = choice(answer, OpenAi.content(answer.script()), OpenAi.finishReason(answer.script()));
        body.set("usage", OpenAi.usage(answer.script()));
        body.putObject("stats");
        return body;
    }

    @Override
    public List<String> opening(Answer answer) {
        return List.of();
    }

    @Override
    public List<String> piece(Answer answer, Token token) {
        return token instanceof Token.Content ? List.of(OpenAi.event(choice(answer, token.text(), null))) : List.of();
    }

    @Override
    public List<String> closing(Answer answer) {
        List<String> events = new ArrayList<>();
        events.add(OpenAi.event(choice(answer, "", OpenAi.finishReason(answer.script()))));
        if (head.usage()) {
            ObjectNode numbers = head.of("text_completion", answer.model());
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

    private ObjectNode choice(Answer answer, String text, @Nullable String finish) {
        ObjectNode chunk = head.of("text_completion", answer.model());
        chunk.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("text", text)
                .putNull("logprobs")
                .put("finish_reason", finish);
        return chunk;
    }
}
