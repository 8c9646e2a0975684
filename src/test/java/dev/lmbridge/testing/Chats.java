package dev.lmbridge.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Bodies of chat requests, and what the answers say. */
public final class Chats {
    public static final String PATH = "/v1/chat/completions";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Chats() {}

    public static String plain(String model, String text) {
        return body(model, text).toString();
    }

    public static String streaming(String model, String text) {
        return body(model, text).put("stream", true).toString();
    }

    /** The answer's text; an answer without one is an {@link AssertionError}. */
    public static String text(String answer) {
        var content = RunningBridge.parse(answer)
                .path("choices")
                .path(0)
                .path("message")
                .path("content");
        if (!content.isTextual()) {
            throw new AssertionError("This is no answer: " + answer);
        }
        return content.textValue();
    }

    private static ObjectNode body(String model, String text) {
        ObjectNode body = JSON.createObjectNode().put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }
}
