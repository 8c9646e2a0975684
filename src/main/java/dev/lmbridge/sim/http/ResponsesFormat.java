package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code /v1/responses}. LM Studio's documents prove three of its events ({@code response.created}, {@code response.output_text.delta},
 * {@code response.completed}); the others are those of OpenAI.
 */
final class ResponsesFormat implements AnswerFormat {
    private static final List<String> ECHOED = List.of(
            "instructions",
            "max_output_tokens",
            "previous_response_id",
            "reasoning",
            "temperature",
            "text",
            "tool_choice",
            "tools",
            "top_p");

    private final String id;
    private final long created;
    private final ObjectNode asked;
    private final Consumer<Script> whenAnswered;
    private final ResponseOutput output;
    private String model;
    private int lastNumber;

    /**
     * The answer to one body.
     *
     * @param created seconds since 1970
     * @param whenAnswered takes the whole answer when it has been given
     */
    ResponsesFormat(String id, long created, ObjectNode asked, Consumer<Script> whenAnswered) {
        this.id = id;
        this.created = created;
        this.asked = asked;
        this.whenAnswered = whenAnswered;
        this.output = new ResponseOutput(id);
        this.model = asked.path("model").asText("");
    }

    @Override
    public ObjectNode whole(Answer answer) {
        model = answer.model();
        answer.script().tokens().forEach(output::add);
        output.close();
        return finished(answer.script());
    }

    @Override
    public List<String> opening(Answer answer) {
        model = answer.model();
        return List.of(
                told("response.created", response("in_progress")),
                told("response.in_progress", response("in_progress")));
    }

    @Override
    public List<String> piece(Answer answer, Token token) {
        return numbered(output.add(token));
    }

    @Override
    public List<String> closing(Answer answer) {
        List<String> events = new ArrayList<>(numbered(output.close()));
        ObjectNode response = finished(answer.script());
        events.add(told("response." + response.path("status").asText(), response));
        return events;
    }

    /** LM Studio's own frame for an error in a stream is not known here; OpenAI's API tells it by these two. */
    @Override
    public List<String> broken(Refusal refusal) {
        String text = Errors.text(model, refusal);
        ObjectNode error = Replies.object()
                .put("type", "error")
                .put("code", "server_error")
                .put("message", text)
                .putNull("param");
        ObjectNode response = response("failed");
        response.putObject("error").put("code", "server_error").put("message", text);
        List<String> events = new ArrayList<>(numbered(List.of(error)));
        events.add(told("response.failed", response));
        return events;
    }

    @Override
    public void refuse(HttpServerResponse response, Refusal refusal) {
        Errors.openAi(response, ChatBodies.text(asked, "model"), refusal);
    }

    private ObjectNode finished(Script script) {
        boolean cut = OpenAi.finishReason(script).equals("length");
        ObjectNode response = response(cut ? "incomplete" : "completed");
        if (cut) {
            response.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        response.set("output", output.json());
        int answered = script.tokens().size();
        ObjectNode usage = response.putObject("usage").put("input_tokens", script.promptTokens());
        usage.putObject("input_tokens_details").put("cached_tokens", 0);
        usage.put("output_tokens", answered)
                .putObject("output_tokens_details")
                .put("reasoning_tokens", OpenAi.reasoningTokens(script));
        usage.put("total_tokens", script.promptTokens() + answered);
        whenAnswered.accept(script);
        return response;
    }

    private ObjectNode response(String status) {
        ObjectNode response = Replies.object()
                .put("id", id)
                .put("object", "response")
                .put("created_at", created)
                .put("status", status)
                .putNull("error")
                .putNull("incomplete_details")
                .put("model", model);
        for (String field : ECHOED) {
            JsonNode given = asked.get(field);
            response.set(field, given == null ? usual(field) : given);
        }
        response.put("store", asked.path("store").asBoolean(true)).put("parallel_tool_calls", true);
        response.putArray("output");
        response.putNull("usage");
        return response;
    }

    private static JsonNode usual(String field) {
        ObjectNode holder = Replies.object();
        return switch (field) {
            case "tools" -> holder.putArray(field);
            case "tool_choice" -> holder.put(field, "auto").path(field);
            case "text" -> {
                holder.putObject("format").put("type", "text");
                yield holder;
            }
            default -> holder.nullNode();
        };
    }

    private String told(String type, ObjectNode response) {
        ObjectNode event = Replies.object().put("type", type);
        event.set("response", response);
        return numbered(List.of(event)).getFirst();
    }

    private List<String> numbered(List<ObjectNode> events) {
        List<String> lines = new ArrayList<>();
        for (ObjectNode event : events) {
            lines.add(OpenAi.typed(event.put("sequence_number", lastNumber++)));
        }
        return lines;
    }
}
