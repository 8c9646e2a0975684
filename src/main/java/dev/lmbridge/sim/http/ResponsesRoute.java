package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.Answers;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code POST /v1/responses}: answers that remember the conversation before them. */
final class ResponsesRoute {
    private final SimMachine machine;
    private final Inferences inferences;
    private final ResponseStore store = new ResponseStore();
    private long lastAnswer;

    ResponsesRoute(SimMachine machine, Inferences inferences) {
        this.machine = machine;
        this.inferences = inferences;
    }

    void answer(HttpServerRequest request) {
        Bodies.object(request, body -> {
            String problem = ResponsesBodies.problem(body);
            if (problem != null) {
                Replies.openAiError(request.response(), 400, problem, Errors.TYPE, null, null);
                return;
            }
            String previous = ChatBodies.text(body, "previous_response_id");
            Optional<List<Message>> before = previous == null ? Optional.of(List.of()) : store.find(previous);
            if (before.isPresent()) {
                List<Message> conversation = new ArrayList<>(before.get());
                conversation.addAll(ResponsesBodies.input(body));
                answer(request, body, conversation);
            } else {
                // What LM Studio says here is not known; this is OpenAI's answer.
                Replies.openAiError(
                        request.response(),
                        400,
                        "Previous response with id '" + previous + "' not found.",
                        Errors.TYPE,
                        "previous_response_id",
                        "previous_response_not_found");
            }
        });
    }

    private void answer(HttpServerRequest request, ObjectNode body, List<Message> conversation) {
        String id = "resp_sim" + ++lastAnswer;
        ChatRequest asked = ResponsesBodies.request(body, conversation);
        Consumer<Script> whenAnswered = script -> {
            if (body.path("store").asBoolean(true)) {
                conversation.add(
                        new Message("assistant", OpenAi.content(script), List.of(), OpenAi.calls(script), null));
                store.keep(id, conversation);
            }
        };
        AnswerFormat format = new ResponsesFormat(id, machine.agenda().now().getEpochSecond(), body, whenAnswered);
        inferences.answer(
                request, OpenAiRoutes.asked("/v1/responses", body), format, instance -> Answers.to(asked, instance));
    }
}
