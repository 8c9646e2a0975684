package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/chat/completions}: OpenAI's shape, with {@code reasoning_content} for what a reasoning model thinks. */
final class ChatFormat implements AnswerFormat {
    private final Head head;

    /**
     * What is known before the answer begins.
     *
     * @param asked the model of the request
     * @param created seconds since 1970
     * @param usage whether a stream ends with the numbers of tokens
     */
    record Head(String id, long created, @Nullable String asked, boolean usage) {
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
        message.put("content", OpenAi.content(answer.script()));
        String reasoning = OpenAi.reasoning(answer.script());
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning);
        }
        body.set("usage", OpenAi.usage(answer.script()));
        body.putObject("stats");
        return body;
    }

    @Override
    public List<String> opening(Answer answer) {
        return List.of(chunk(answer, Replies.object().put("role", "assistant").put("content", ""), null));
    }

    @Override
    public List<String> piece(Answer answer, Token token) {
        String field = token instanceof Token.Reasoning ? "reasoning_content" : "content";
        return List.of(chunk(answer, Replies.object().put(field, token.text()), null));
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

    private String chunk(Answer answer, ObjectNode delta, @Nullable String finish) {
        ObjectNode chunk = head.of("chat.completion.chunk", answer.model());
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs").put("finish_reason", finish);
        return OpenAi.event(chunk);
    }
}
