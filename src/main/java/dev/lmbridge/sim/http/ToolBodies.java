package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads tools, and calls of them, from request bodies. */
final class ToolBodies {
    private ToolBodies() {}

    /**
     * The tools of a list: in the nested form of {@code /v1/chat/completions} ({@code function}), in the flat one of {@code /v1/responses}
     * ({@code parameters}), or in Anthropic's ({@code input_schema}). What has no name, as a tool of an MCP server, is left out.
     */
    static List<Tool> tools(JsonNode list) {
        List<Tool> tools = new ArrayList<>();
        for (JsonNode entry : list) {
            JsonNode tool = inner(entry);
            String name = tool.path("name").asText("");
            if (!name.isEmpty()) {
                JsonNode schema = tool.has("input_schema") ? tool.path("input_schema") : tool.path("parameters");
                tools.add(new Tool(
                        name,
                        tool.path("description").asText(""),
                        schema.isObject() ? schema : Replies.object().put("type", "object")));
            }
        }
        return tools;
    }

    /** What is wrong with a list of tools, or null. */
    static @Nullable String problem(JsonNode list) {
        int index = 0;
        for (JsonNode entry : list) {
            boolean function = entry.path("type").asText("function").equals("function");
            if (function && !inner(entry).path("name").isTextual()) {
                String path = "tools." + index + (entry.has("function") ? ".function.name" : ".name");
                return "'" + path + "' must be a string";
            }
            index++;
        }
        return null;
    }

    /** What LM Studio says of a {@code tool_choice} that is not one of its three words, or null. */
    static @Nullable String choiceProblem(JsonNode choice) {
        if (choice.isMissingNode() || choice.isNull()) {
            return null;
        }
        String supported = " Supported string values: none, auto, required";
        if (!choice.isTextual()) {
            String type = choice.getNodeType().name().toLowerCase(Locale.ROOT);
            return "Invalid tool_choice type: '" + type + "'." + supported;
        }
        return switch (choice.textValue()) {
            case "none", "auto", "required" -> null;
            default -> "Invalid tool_choice: '" + choice.textValue() + "'." + supported;
        };
    }

    static ToolChoice choice(JsonNode choice) {
        return switch (choice.asText("auto")) {
            case "none" -> ToolChoice.NONE;
            case "required", "any" -> ToolChoice.REQUIRED;
            default -> ToolChoice.AUTO;
        };
    }

    /** The calls in a message of the assistant. */
    static List<ToolCall> calls(JsonNode list) {
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : list) {
            JsonNode function = call.path("function");
            JsonNode arguments = function.path("arguments");
            calls.add(new ToolCall(
                    call.path("id").asText(""),
                    function.path("name").asText(""),
                    arguments.isTextual()
                            ? arguments.textValue()
                            : arguments.isMissingNode() ? "" : arguments.toString()));
        }
        return calls;
    }

    private static JsonNode inner(JsonNode entry) {
        return entry.path("function").isObject() ? entry.path("function") : entry;
    }
}
