package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.http.Checks.Field;
import dev.lmbridge.sim.http.Checks.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads bodies of {@code /v1/responses}. */
final class ResponsesBodies {
    private static final List<Field> FIELDS = List.of(
            Kind.TEXT.named("model"),
            Kind.FLAG.named("stream"),
            Kind.TEXT.named("instructions"),
            Kind.TEXT.named("previous_response_id"),
            Kind.FLAG.named("store"),
            Kind.INTEGER.named("max_output_tokens"),
            Kind.NUMBER.named("temperature"),
            Kind.NUMBER.named("top_p"),
            Kind.NUMBER.named("ttl"),
            Kind.LIST.named("tools"),
            Kind.OBJECT.named("reasoning"),
            Kind.OBJECT.named("text"));

    private ResponsesBodies() {}

    /** What is refused, or null. */
    static @Nullable String problem(ObjectNode body) {
        JsonNode input = body.path("input");
        if (!input.isTextual() && !input.isArray()) {
            return "'input' must be a string or an array of items";
        }
        return Checks.first(
                Checks.wrongType(body, FIELDS),
                itemProblem(input),
                ToolBodies.problem(body.path("tools")),
                ToolBodies.choiceProblem(body.path("tool_choice")),
                formatProblem(body.path("text").path("format")));
    }

    /** The messages of the input, for the conversation to go on with. */
    static List<Message> input(ObjectNode body) {
        List<Message> messages = new ArrayList<>();
        JsonNode input = body.path("input");
        if (input.isTextual()) {
            messages.add(Message.of("user", input.textValue()));
            return messages;
        }
        for (JsonNode item : input) {
            switch (item.path("type").asText("message")) {
                case "message" -> {
                    String role = item.path("role").asText("user");
                    messages.add(Parts.of(item.path("content"))
                            .message(role.equals("developer") ? "system" : role, List.of(), null));
                }
                case "function_call" -> addCall(messages, item);
                case "function_call_output" ->
                    messages.add(Parts.of(item.path("output"))
                            .message("tool", List.of(), item.path("call_id").asText("")));
                default -> {}
            }
        }
        return messages;
    }

    /**
     * The request to the model.
     *
     * @param conversation all messages but the instructions, which belong to this request alone
     */
    static ChatRequest request(ObjectNode body, List<Message> conversation) {
        List<Message> messages = new ArrayList<>();
        String instructions = ChatBodies.text(body, "instructions");
        if (instructions != null) {
            messages.add(Message.of("system", instructions));
        }
        messages.addAll(conversation);
        JsonNode format = body.path("text").path("format");
        Limits limits = new Limits(
                ChatBodies.most(body.path("max_output_tokens")),
                List.of(),
                null,
                ChatBodies.thinking(body.path("reasoning").path("effort")));
        return new ChatRequest(
                messages,
                limits,
                ToolBodies.tools(body.path("tools")),
                ToolBodies.choice(body.path("tool_choice")),
                format.path("type").asText("").equals("json_schema") ? format.path("schema") : null);
    }

    /** Calls that follow each other were made in one answer. */
    private static void addCall(List<Message> messages, JsonNode item) {
        ToolCall call = new ToolCall(
                item.path("call_id").asText(""),
                item.path("name").asText(""),
                item.path("arguments").asText(""));
        Message last = messages.isEmpty() ? null : messages.getLast();
        if (last != null && last.role().equals("assistant") && !last.calls().isEmpty()) {
            List<ToolCall> calls = new ArrayList<>(last.calls());
            calls.add(call);
            messages.set(messages.size() - 1, new Message("assistant", last.text(), last.images(), calls, null));
        } else {
            messages.add(new Message("assistant", "", List.of(), List.of(call), null));
        }
    }

    private static @Nullable String itemProblem(JsonNode input) {
        for (int i = 0; i < input.size(); i++) {
            JsonNode item = input.path(i);
            String path = "'input." + i;
            String problem = switch (item.path("type").asText("message")) {
                case "message" -> item.path("role").isTextual() ? null : path + ".role' must be a string";
                case "function_call" ->
                    item.path("call_id").isTextual() && item.path("name").isTextual()
                            ? null
                            : path + "' must have 'call_id' and 'name'";
                case "function_call_output" ->
                    item.path("call_id").isTextual() ? null : path + ".call_id' must be a string";
                case "reasoning" -> null;
                default -> path + ".type' is '" + item.path("type").asText("") + "', which is not supported";
            };
            String part = Parts.unknown(item.path("content"));
            if (problem == null && part != null && !item.path("type").asText("").equals("reasoning")) {
                problem = path + ".content' has a part of the type '" + part + "', which is not supported";
            }
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static @Nullable String formatProblem(JsonNode format) {
        return switch (format.path("type").asText("text")) {
            case "text" -> null;
            case "json_schema" -> format.path("schema").isObject() ? null : "'text.format.schema' must be an object";
            default -> "'text.format.type' must be 'json_schema' or 'text'";
        };
    }
}
