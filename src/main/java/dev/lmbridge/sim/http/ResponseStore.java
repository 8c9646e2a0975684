package dev.lmbridge.sim.http;

import dev.lmbridge.sim.chat.ChatRequest.Image;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The conversations that a later request can go on with ({@code previous_response_id}). It holds a thousand of them, and 32 million
 * characters in all; the oldest goes first. How long LM Studio keeps its own is not known.
 */
final class ResponseStore {
    private static final int MOST = 1_000;

    private final Map<String, Kept> byId = new LinkedHashMap<>();
    private final long mostCharacters;
    private long characters;

    private record Kept(List<Message> messages, long characters) {}

    ResponseStore() {
        this(32L << 20);
    }

    ResponseStore(long mostCharacters) {
        this.mostCharacters = mostCharacters;
    }

    /** Keeps a conversation with its last answer; one that alone is too long is not kept. */
    void keep(String id, List<Message> messages) {
        Kept kept = new Kept(
                List.copyOf(messages),
                messages.stream().mapToLong(ResponseStore::length).sum());
        byId.put(id, kept);
        characters += kept.characters();
        Iterator<Kept> oldest = byId.values().iterator();
        while (byId.size() > MOST || characters > mostCharacters) {
            characters -= oldest.next().characters();
            oldest.remove();
        }
    }

    Optional<List<Message>> find(String id) {
        return Optional.ofNullable(byId.get(id)).map(Kept::messages);
    }

    private static long length(Message message) {
        return 100
                + message.text().length()
                + message.images().stream()
                        .map(Image::url)
                        .mapToLong(String::length)
                        .sum()
                + message.calls().stream()
                        .map(ToolCall::arguments)
                        .mapToLong(String::length)
                        .sum();
    }
}
