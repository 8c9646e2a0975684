package dev.lmbridge.sim.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked, freed of the API that it came by.
 *
 * @param maxTokens most tokens of the answer, or null for no limit
 * @param stop texts that end the answer where they would begin
 * @param seed chooses between answers that mean the same, or null
 */
public record ChatRequest(
        List<Message> messages,
        @Nullable Integer maxTokens,
        List<String> stop,
        @Nullable Long seed) {

    public ChatRequest {
        messages = List.copyOf(messages);
        stop = List.copyOf(stop);
    }

    /**
     * One message.
     *
     * @param images how many images it carries
     */
    public record Message(String role, String text, int images) {}

    String lastUserText() {
        return messages.reversed().stream()
                .filter(message -> message.role().equals("user"))
                .map(Message::text)
                .findFirst()
                .orElse("");
    }

    int images() {
        return messages.stream().mapToInt(Message::images).sum();
    }

    /** What the prompt takes of the context: the text, a few tokens around each message, and a fixed number for each image. */
    int promptTokens() {
        return messages.stream()
                .mapToInt(message -> Tokens.count(message.text()) + 4 + 256 * message.images())
                .sum();
    }
}
