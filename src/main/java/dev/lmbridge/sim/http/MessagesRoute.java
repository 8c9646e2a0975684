package dev.lmbridge.sim.http;

import dev.lmbridge.sim.chat.Answers;
import dev.lmbridge.sim.chat.ChatRequest;
import io.vertx.core.http.HttpServerRequest;

/** {@code POST /v1/messages}: Anthropic's API, which LM Studio has since 0.4.1. */
final class MessagesRoute {
    private final Inferences inferences;
    private long lastAnswer;

    MessagesRoute(Inferences inferences) {
        this.inferences = inferences;
    }

    void answer(HttpServerRequest request) {
        Bodies.object(request, body -> {
            String problem = MessagesBodies.problem(body);
            if (problem != null) {
                Replies.json(request.response(), 400, Errors.anthropic(Errors.TYPE, problem));
                return;
            }
            ChatRequest asked = MessagesBodies.request(body);
            AnswerFormat format = new MessagesFormat(
                    "msg_sim" + ++lastAnswer,
                    ChatBodies.text(body, "model"),
                    asked.limits().stop());
            inferences.answer(
                    request, OpenAiRoutes.asked("/v1/messages", body), format, instance -> Answers.to(asked, instance));
        });
    }
}
