package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.regex.Pattern;

/** What a tool gave back: JSON or text, a success or a failure. */
record Outcome(String text, JsonNode json) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** More lines than that are the text of a file, whatever its first word is. */
    private static final int MOST_FAILURE_LINES = 3;

    private static final Pattern FAILURE = Pattern.compile(
            "(?is)^\\W*(error|failed|failure|exception|invalid|unknown|missing|cannot|can't|could not|no such|not found"
                    + "|unable|permission denied|bad request|refused)\\b.*|^[^\\n]{0,120}\\b(not found|does not exist|is required)\\b\\W*$");

    static Outcome of(String text) {
        String plain = unwrapped(text);
        return new Outcome(plain, parsed(plain));
    }

    boolean failed() {
        if (!json.isObject()) {
            return json.isTextual()
                    && text.lines().count() <= MOST_FAILURE_LINES
                    && FAILURE.matcher(text).matches();
        }
        JsonNode error = json.path("error");
        boolean hasError = !error.isMissingNode() && !error.isNull() && !(error.isBoolean() && !error.booleanValue());
        return hasError
                || json.path("isError").asBoolean()
                || (json.path("ok").isBoolean() && !json.path("ok").booleanValue())
                || (json.path("success").isBoolean() && !json.path("success").booleanValue())
                || json.path("status").asText("").matches("(?i)error|failed");
    }

    /** MCP's list of content parts is taken for the text in it. */
    private static String unwrapped(String text) {
        JsonNode json = parsed(text);
        JsonNode parts = json.isObject() && json.path("content").isArray() ? json.path("content") : json;
        if (!parts.isArray() || parts.isEmpty()) {
            return text;
        }
        StringBuilder all = new StringBuilder();
        for (JsonNode part : parts) {
            if (!part.path("type").asText("").equals("text")
                    || !part.path("text").isTextual()) {
                return text;
            }
            all.append(all.isEmpty() ? "" : "\n").append(part.path("text").textValue());
        }
        return all.toString();
    }

    private static JsonNode parsed(String text) {
        String start = text.strip();
        if (start.startsWith("{") || start.startsWith("[") || start.startsWith("\"")) {
            try {
                return MAPPER.readTree(start);
            } catch (JsonProcessingException e) {
                return JsonNodeFactory.instance.textNode(text);
            }
        }
        return JsonNodeFactory.instance.textNode(text);
    }
}
