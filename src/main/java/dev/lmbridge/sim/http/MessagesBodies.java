package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import dev.lmbridge.sim.http.Checks.Field;
import dev.lmbridge.sim.http.Checks.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads bodies of {@code /v1/messages}, in the form of Anthropic's API. */
final class MessagesBodies {
    private static final List<Field> FIELDS = List.of(
            Kind.TEXT.named("model"),
            Kind.INTEGER.named("max_tokens"),
            Kind.FLAG.named("stream"),
            Kind.LIST.named("stop_sequences"),
            Kind.NUMBER.named("temperature"),
            Kind.NUMBER.named("top_p"),
            Kind.NUMBER.named("top_k"),
            Kind.LIST.named("tools"),
            Kind.OBJECT.named("tool_choice"),
            Kind.OBJECT.named("thinking"));

    private MessagesBodies() {}

    /** What is refused, or null. */
    static @Nullable String problem(ObjectNode body) {
        if (!body.path("messages").isArray()) {
            return "messages: Field required";
        }
        if (!body.path("max_tokens").isNumber()) {
            return "max_tokens: Field required";
        }
        JsonNode system = body.path("system");
        return Checks.first(
                Checks.wrongType(body, FIELDS),
                body.path("max_tokens").asLong() < 1 ? "'max_tokens' must be at least 1" : null,
                system.isMissingNode() || system.isNull() || system.isTextual() || system.isArray()
                        ? null
                        : "'system' must be a string or an array of content blocks",
                messageProblem(body.path("messages")),
                ToolBodies.problem(body.path("tools")),
                choiceProblem(body.path("tool_choice")));
    }

    static ChatRequest request(ObjectNode body) {
        List<Message> messages = new ArrayList<>();
        String system = Parts.of(body.path("system")).text();
        if (!system.isEmpty()) {
            messages.add(Message.of("system", system));
        }
        body.path("messages").forEach(message -> add(messages, message));
        JsonNode choice = body.path("tool_choice");
        String type = choice.path("type").asText("auto");
        List<Tool> tools = ToolBodies.tools(body.path("tools"));
        if (type.equals("tool")) {
            String name = choice.path("name").asText("");
            tools.removeIf(tool -> !tool.name().equals(name));
        }
        ToolChoice wanted = type.equals("tool") ? ToolChoice.REQUIRED : ToolBodies.choice(choice.path("type"));
        String thinking = body.path("thinking").path("type").asText("");
        Limits limits = new Limits(
                ChatBodies.most(body.path("max_tokens")),
                ChatBodies.texts(body.path("stop_sequences")),
                null,
                thinking.isEmpty() ? null : (Boolean) !thinking.equals("disabled"));
        return new ChatRequest(messages, limits, tools, wanted, null);
    }

    /** One message can hold results of tools, which are messages of their own to the model, and come before the rest. */
    private static void add(List<Message> messages, JsonNode message) {
        JsonNode content = message.path("content");
        List<ToolCall> calls = new ArrayList<>();
        boolean rest = content.isTextual();
        for (JsonNode block : content) {
            switch (block.path("type").asText("")) {
                case "tool_result" ->
                    messages.add(Parts.of(block.path("content"))
                            .message(
                                    "tool", List.of(), block.path("tool_use_id").asText("")));
                case "tool_use" -> {
                    calls.add(new ToolCall(
                            block.path("id").asText(""),
                            block.path("name").asText(""),
                            block.path("input").toString()));
                    rest = true;
                }
                default -> rest = true;
            }
        }
        if (rest) {
            messages.add(Parts.of(content).message(message.path("role").asText("user"), calls, null));
        }
    }

    private static @Nullable String messageProblem(JsonNode messages) {
        int index = 0;
        for (JsonNode message : messages) {
            String role = message.path("role").asText("");
            JsonNode content = message.path("content");
            if (!role.equals("user") && !role.equals("assistant")) {
                return "messages." + index + ".role: Input should be 'user' or 'assistant'";
            }
            if (!content.isTextual() && !content.isArray()) {
                return "messages." + index + ".content: Input should be a string or a list of content blocks";
            }
            String block = Parts.unknown(content);
            if (block != null) {
                return "messages." + index + ".content: a block of the type '" + block + "' is not supported";
            }
            index++;
        }
        return null;
    }

    private static @Nullable String choiceProblem(JsonNode choice) {
        return switch (choice.path("type").asText("auto")) {
            case "auto", "any", "none" -> null;
            case "tool" -> choice.path("name").isTextual() ? null : "tool_choice.name: Field required";
            default -> "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'";
        };
    }
}
