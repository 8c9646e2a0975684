package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.http.Checks.Field;
import dev.lmbridge.sim.http.Checks.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads OpenAI's request bodies into what the rules of the models take. Fields without a meaning for rules ({@code n}, {@code echo}) are ignored. */
final class ChatBodies {
    /** The fields that chats and completions have in common. */
    private static final List<Field> FIELDS = List.of(
            Kind.TEXT.named("model"),
            Kind.FLAG.named("stream"),
            Kind.OBJECT.named("stream_options"),
            Kind.INTEGER.named("max_tokens"),
            Kind.INTEGER.named("max_completion_tokens"),
            Kind.NUMBER.named("temperature"),
            Kind.NUMBER.named("top_p"),
            Kind.NUMBER.named("top_k"),
            Kind.NUMBER.named("presence_penalty"),
            Kind.NUMBER.named("frequency_penalty"),
            Kind.NUMBER.named("repeat_penalty"),
            Kind.INTEGER.named("seed"),
            Kind.NUMBER.named("ttl"),
            Kind.LIST.named("tools"),
            Kind.OBJECT.named("response_format"));

    private ChatBodies() {}

    static ChatRequest chat(ObjectNode body) {
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : body.path("messages")) {
            messages.add(message(message));
        }
        JsonNode format = body.path("response_format");
        JsonNode schema = format.path("json_schema").path("schema");
        return new ChatRequest(
                messages,
                limits(body, thinking(body.path("reasoning_effort"))),
                ToolBodies.tools(body.path("tools")),
                ToolBodies.choice(body.path("tool_choice")),
                format.path("type").asText("").equals("json_schema") ? schema : null);
    }

    /** The prompt as it is, without thoughts: no template is around it. The texts of a list are one prompt, with a line for each. */
    static ChatRequest completion(ObjectNode body) {
        List<String> texts = texts(body.path("prompt"));
        return ChatRequest.of(List.of(Message.of("user", String.join("\n", texts))), limits(body, false));
    }

    /** The texts of {@code input}: one text, or a list of them. */
    static List<String> inputs(ObjectNode body) {
        return texts(body.path("input"));
    }

    /** What LM Studio refuses in a chat, or null. */
    static @Nullable String problem(ObjectNode body) {
        if (!body.path("messages").isArray()) {
            return "'messages' field is required";
        }
        return Checks.first(
                Checks.wrongType(body, FIELDS),
                messageProblem(body.path("messages")),
                ToolBodies.problem(body.path("tools")),
                ToolBodies.choiceProblem(body.path("tool_choice")),
                formatProblem(body.path("response_format")));
    }

    static @Nullable String completionProblem(ObjectNode body) {
        String wrong = Checks.wrongType(body, FIELDS);
        return wrong == null && !isTexts(body.path("prompt"))
                ? "'prompt' field must be a string or an array of strings"
                : wrong;
    }

    static @Nullable String embeddingProblem(ObjectNode body) {
        JsonNode format = body.path("encoding_format");
        String encoding = format.asText("float");
        if (!format.isMissingNode() && !format.isNull() && !encoding.equals("float") && !encoding.equals("base64")) {
            return "'encoding_format' must be 'float' or 'base64'";
        }
        String wrong = Checks.wrongType(body, List.of(Kind.TEXT.named("model"), Kind.NUMBER.named("ttl")));
        return wrong == null && !isTexts(body.path("input"))
                ? "'input' field must be a string or an array of strings"
                : wrong;
    }

    static @Nullable String text(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        return value.isTextual() ? value.textValue() : null;
    }

    /** A number of tokens: a negative one (LM Studio's -1) is no limit. */
    static @Nullable Integer most(JsonNode number) {
        return number.isNumber() ? (Integer) Math.clamp(number.longValue(), -1, Integer.MAX_VALUE) : null;
    }

    /** Whether a wanted effort of reasoning means to think; null if none is named. */
    static @Nullable Boolean thinking(JsonNode effort) {
        return effort.isTextual() ? (Boolean) !effort.textValue().equals("none") : null;
    }

    static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isTextual()) {
            texts.add(node.textValue());
        }
        if (node.isArray()) {
            node.forEach(each -> texts.add(each.asText("")));
        }
        return texts;
    }

    private static Limits limits(ObjectNode body, @Nullable Boolean thinking) {
        JsonNode seed = body.path("seed");
        JsonNode most = body.path("max_tokens");
        return new Limits(
                most(most.isNumber() ? most : body.path("max_completion_tokens")),
                texts(body.path("stop")),
                seed.canConvertToLong() ? (Long) seed.longValue() : null,
                thinking);
    }

    private static Message message(JsonNode message) {
        String role = message.path("role").asText("user");
        JsonNode callId = message.path("tool_call_id");
        return Parts.of(message.path("content"))
                .message(
                        role.equals("developer") ? "system" : role,
                        ToolBodies.calls(message.path("tool_calls")),
                        callId.isTextual() ? callId.textValue() : null);
    }

    private static @Nullable String messageProblem(JsonNode messages) {
        int index = 0;
        for (JsonNode message : messages) {
            String path = "'messages." + index + ".";
            JsonNode content = message.path("content");
            if (!message.path("role").isTextual()) {
                return path + "role' must be a string";
            }
            if (!content.isTextual() && !content.isArray() && !content.isNull() && !content.isMissingNode()) {
                return path + "content' must be a string or an array of content parts";
            }
            String part = Parts.unknown(content);
            if (part != null) {
                return path + "content' has a part of the type '" + part + "'; there are 'text' and 'image_url'";
            }
            index++;
        }
        return null;
    }

    private static @Nullable String formatProblem(JsonNode format) {
        if (!format.isObject()) {
            return null;
        }
        String type = format.path("type").asText("");
        if (type.equals("json_schema")) {
            boolean schema = format.path("json_schema").path("schema").isObject();
            return schema ? null : "'response_format.json_schema.schema' must be an object";
        }
        return type.equals("text") ? null : "'response_format.type' must be 'json_schema' or 'text'";
    }

    private static boolean isTexts(JsonNode node) {
        if (!node.isArray()) {
            return node.isTextual();
        }
        for (JsonNode each : node) {
            if (!each.isTextual()) {
                return false;
            }
        }
        return !node.isEmpty();
    }
}
