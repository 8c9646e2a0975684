package dev.lmbridge.sim.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.chat.ChatRequest.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoredChatsTest {
    @Test
    void theOldestGoWhenThereAreTooMany() {
        StoredChats chats = new StoredChats(2, 1_000);
        for (String id : List.of("a", "b", "c")) {
            chats.keep(id, List.of(Message.of("user", id)));
        }
        assertThat(chats.find("a")).isNull();
        assertThat(chats.find("b")).isNotNull();
        assertThat(chats.find("c")).isNotNull();
    }

    @Test
    void theOldestGoWhenTheyAreTooLongTogether() {
        StoredChats chats = new StoredChats(100, 100);
        chats.keep("a", List.of(Message.of("user", "x".repeat(60))));
        chats.keep("b", List.of(Message.of("user", "x".repeat(60))));
        assertThat(chats.find("a")).isNull();
        assertThat(chats.find("b")).isNotNull();
        chats.keep("c", List.of(Message.of("user", "x".repeat(200))));
        assertThat(chats.find("b")).isNull();
        assertThat(chats.find("c")).isNull();
        chats.keep("d", List.of(Message.of("user", "x")));
        assertThat(chats.find("d")).isNotNull();
    }
}
