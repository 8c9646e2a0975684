package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.chat.ChatRequest.Image;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of a message: a text, or a list of parts, in the forms of OpenAI's two APIs and of Anthropic's.
 *
 * @param text the texts of all parts, put together
 */
record Parts(String text, List<Image> images) {
    private static final Set<String> KNOWN = Set.of(
            "text",
            "input_text",
            "output_text",
            "refusal",
            "image_url",
            "input_image",
            "image",
            "thinking",
            "redacted_thinking",
            "tool_use");

    Parts {
        images = List.copyOf(images);
    }

    /** Reads a content; whatever is neither a text nor a list is an empty one. */
    static Parts of(JsonNode content) {
        if (!content.isArray()) {
            return new Parts(content.isTextual() ? content.textValue() : "", List.of());
        }
        StringBuilder text = new StringBuilder();
        List<Image> images = new ArrayList<>();
        for (JsonNode part : content) {
            text.append(part.path("text").asText(""));
            String url = imageUrl(part);
            if (url != null) {
                images.add(new Image(url));
            }
        }
        return new Parts(text.toString(), images);
    }

    /** The type of the first part that no API has, or null if all are known. */
    static @Nullable String unknown(JsonNode content) {
        for (JsonNode part : content) {
            String type = part.path("type").asText("");
            if (content.isArray() && !KNOWN.contains(type) && !type.equals("tool_result")) {
                return type;
            }
        }
        return null;
    }

    Message message(String role, List<ToolCall> calls, @Nullable String callId) {
        return new Message(role, text, images, calls, callId);
    }

    private static @Nullable String imageUrl(JsonNode part) {
        return switch (part.path("type").asText("")) {
            case "image_url", "input_image" -> {
                JsonNode url = part.path("image_url");
                yield url.isTextual() ? url.textValue() : url.path("url").asText("");
            }
            case "image" -> {
                JsonNode source = part.path("source");
                yield source.path("type").asText("").equals("base64")
                        ? "data:" + source.path("media_type").asText("") + ";base64,"
                                + source.path("data").asText("")
                        : source.path("url").asText("");
            }
            default -> null;
        };
    }
}
