package dev.lmbridge.sim.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked, freed of the API that it came by.
 *
 * @param tools what the model may call
 * @param schema the JSON schema that the answer must follow, or null for free text
 */
public record ChatRequest(
        List<Message> messages,
        Limits limits,
        List<Tool> tools,
        ToolChoice toolChoice,
        @Nullable JsonNode schema) {

    public ChatRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }

    /** A request for free text, without tools. */
    public static ChatRequest of(List<Message> messages, Limits limits) {
        return new ChatRequest(messages, limits, List.of(), ToolChoice.AUTO, null);
    }

    /**
     * What ends an answer, and what chooses it.
     *
     * @param maxTokens most tokens of the answer, or null for no limit
     * @param stop texts that end the answer where they would begin
     * @param seed chooses between answers that mean the same, or null
     * @param thinking whether a reasoning model thinks first, or null for its own way
     */
    public record Limits(
            @Nullable Integer maxTokens,
            List<String> stop,
            @Nullable Long seed,
            @Nullable Boolean thinking) {
        public static final Limits NONE = new Limits(null, List.of(), null, null);

        public Limits {
            stop = List.copyOf(stop);
        }
    }

    /**
     * One message.
     *
     * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
     * @param calls tools that the assistant called in it
     * @param callId for the result of a tool: the call that it answers, or null
     */
    public record Message(
            String role,
            String text,
            List<Image> images,
            List<ToolCall> calls,
            @Nullable String callId) {
        public Message {
            images = List.copyOf(images);
            calls = List.copyOf(calls);
        }

        public static Message of(String role, String text) {
            return new Message(role, text, List.of(), List.of(), null);
        }
    }

    /** An image as the request gives it: a {@code data:} URL, or another one, which is never fetched. */
    public record Image(String url) {}

    /** A tool that is offered; {@code parameters} is the JSON schema of its arguments. */
    public record Tool(String name, String description, JsonNode parameters) {}

    /** A call of a tool, with its arguments as they were written. */
    public record ToolCall(String id, String tool, String arguments) {}

    /** Whether the model may call tools, or must. */
    public enum ToolChoice {
        NONE,
        AUTO,
        REQUIRED
    }

    String lastUserText() {
        return messages.reversed().stream()
                .filter(message -> message.role().equals("user"))
                .map(Message::text)
                .findFirst()
                .orElse("");
    }

    List<Image> images() {
        return messages.stream().flatMap(message -> message.images().stream()).toList();
    }

    /** The prompt in the log of LM Studio, where the template of the model would put its own marks around each message. */
    String asLogged() {
        return messages.stream()
                .map(message -> "<|" + message.role() + "|>\n" + message.text())
                .collect(Collectors.joining("\n"));
    }

    /** What the prompt takes of the context: all texts, a few tokens around each message, and a fixed number for each image. */
    int promptTokens() {
        int count = schema == null ? 0 : Tokens.count(schema.toString());
        for (Tool tool : tools) {
            count += Tokens.count(tool.name() + " " + tool.description() + " " + tool.parameters()) + 8;
        }
        for (Message message : messages) {
            count += Tokens.count(message.text()) + 4 + 256 * message.images().size();
            for (ToolCall call : message.calls()) {
                count += Tokens.count(call.tool() + " " + call.arguments()) + 4;
            }
        }
        return count;
    }
}
