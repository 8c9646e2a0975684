package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Image;
import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads OpenAI's request bodies into what the rules of the models take. */
final class ChatBodies {
    private ChatBodies() {}

    static ChatRequest chat(ObjectNode body) {
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : body.path("messages")) {
            messages.add(message(message.path("role").asText("user"), message.path("content")));
        }
        return request(body, messages);
    }

    static ChatRequest completion(ObjectNode body) {
        return request(body, List.of(Message.of("user", body.path("prompt").asText(""))));
    }

    /** The texts of {@code input}: one text, or a list of them. */
    static List<String> inputs(ObjectNode body) {
        JsonNode input = body.path("input");
        List<String> texts = new ArrayList<>();
        if (input.isTextual()) {
            texts.add(input.textValue());
        }
        if (input.isArray()) {
            input.forEach(each -> texts.add(each.asText("")));
        }
        return texts;
    }

    /** What LM Studio refuses in a chat, or null. */
    static @Nullable String problem(ObjectNode body) {
        JsonNode toolChoice = body.path("tool_choice");
        if (toolChoice.isObject()) {
            return "Invalid tool_choice type: 'object'. Supported string values: none, auto, required";
        }
        JsonNode format = body.path("response_format").path("type");
        if (format.isTextual()
                && !format.textValue().equals("json_schema")
                && !format.textValue().equals("text")) {
            return "'response_format.type' must be 'json_schema' or 'text'";
        }
        return body.path("messages").isArray() ? null : "'messages' field is required";
    }

    static @Nullable String text(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        return value.isTextual() ? value.textValue() : null;
    }

    private static ChatRequest request(ObjectNode body, List<Message> messages) {
        JsonNode most = body.path("max_tokens");
        JsonNode seed = body.path("seed");
        List<String> stop = new ArrayList<>();
        JsonNode stops = body.path("stop");
        if (stops.isTextual()) {
            stop.add(stops.textValue());
        }
        if (stops.isArray()) {
            stops.forEach(each -> stop.add(each.asText("")));
        }
        return ChatRequest.of(
                messages,
                new Limits(
                        most.canConvertToInt() ? (Integer) most.intValue() : null,
                        stop,
                        seed.canConvertToLong() ? (Long) seed.longValue() : null,
                        null));
    }

    private static Message message(String role, JsonNode content) {
        if (!content.isArray()) {
            return Message.of(role, content.asText(""));
        }
        StringBuilder text = new StringBuilder();
        List<Image> images = new ArrayList<>();
        for (JsonNode part : content) {
            text.append(part.path("text").asText(""));
            if (part.path("type").asText("").equals("image_url")) {
                images.add(new Image(part.path("image_url").path("url").asText("")));
            }
        }
        return new Message(role, text.toString(), images, List.of(), null);
    }
}
