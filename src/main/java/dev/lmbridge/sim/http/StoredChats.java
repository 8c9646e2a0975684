package dev.lmbridge.sim.http;

import dev.lmbridge.sim.chat.ChatRequest.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chats that {@code /api/v1/chat} can go on with, by the id of their last answer. How long LM Studio keeps them is not known; here the
 * oldest go when there are too many.
 */
final class StoredChats {
    private static final int MOST = 1_000;
    private static final long MOST_CHARACTERS = 64L << 20;

    private final Map<String, List<Message>> chats = new LinkedHashMap<>();
    private final int most;
    private final long mostCharacters;
    private long characters;
    private long lastNumber;

    StoredChats() {
        this(MOST, MOST_CHARACTERS);
    }

    StoredChats(int most, long mostCharacters) {
        this.most = most;
        this.mostCharacters = mostCharacters;
    }

    /** An id that no answer had before. */
    String newId() {
        return "resp_sim" + ++lastNumber;
    }

    /** The messages of a chat, or null if there is none with this id. */
    @Nullable
    List<Message> find(String id) {
        return chats.get(id);
    }

    void keep(String id, List<Message> messages) {
        chats.put(id, List.copyOf(messages));
        characters += size(messages);
        while (chats.size() > most || (characters > mostCharacters && !chats.isEmpty())) {
            String oldest = chats.keySet().iterator().next();
            List<Message> gone = chats.remove(oldest);
            characters -= gone == null ? 0 : size(gone);
        }
    }

    private static long size(List<Message> messages) {
        return messages.stream()
                .mapToLong(message -> message.text().length()
                        + message.images().stream()
                                .mapToLong(image -> image.url().length())
                                .sum())
                .sum();
    }
}
