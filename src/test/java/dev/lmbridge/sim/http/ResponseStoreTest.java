package dev.lmbridge.sim.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.chat.ChatRequest.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResponseStoreTest {
    @Test
    void itForgetsTheOldestAfterAThousand() {
        ResponseStore store = new ResponseStore();
        for (int i = 0; i <= 1_000; i++) {
            store.keep("resp_" + i, List.of(Message.of("user", "x" + i)));
        }
        assertThat(store.find("resp_0")).isEmpty();
        assertThat(store.find("resp_1")).contains(List.of(Message.of("user", "x1")));
        assertThat(store.find("resp_1000")).isPresent();
    }

    @Test
    void itForgetsTheOldestWhenThereIsTooMuchText() {
        ResponseStore store = new ResponseStore(1_000);
        store.keep("a", List.of(Message.of("user", "x".repeat(400))));
        store.keep("b", List.of(Message.of("user", "x".repeat(600))));
        assertThat(store.find("a")).isEmpty();
        assertThat(store.find("b")).isPresent();
        store.keep("c", List.of(Message.of("user", "x".repeat(1_000))));
        assertThat(store.find("b")).isEmpty();
        assertThat(store.find("c")).isEmpty();
    }
}
