package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.EventStream;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class ManyCallersIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String GEMMA = "google/gemma-3-4b";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "1s");
        bridge = RunningBridge.in(scratch).with(machine).start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @BeforeEach
    void nothingIsLoaded() {
        bridge.unloadAll();
    }

    @Test
    void aHundredChatsForOneUnloadedModelCauseOneLoadAndAreAllAnswered() throws Exception {
        long loads = machine.lmsCalls("load");
        List<CompletableFuture<HttpResponse<String>>> chats = IntStream.range(0, 100)
                .mapToObj(each -> bridge.postAsync(
                        Chats.PATH,
                        each % 2 == 0
                                ? Chats.plain(LLAMA, "say: caller " + each)
                                : Chats.streaming(LLAMA, "say: caller " + each)))
                .toList();
        for (int each = 0; each < chats.size(); each++) {
            HttpResponse<String> answer = chats.get(each).get(60, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(each % 2 == 0 ? Chats.text(answer.body()) : EventStream.textOfBody(answer.body()))
                    .isEqualTo("caller " + each);
        }
        assertThat(machine.lmsCalls("load")).isEqualTo(loads + 1);
        assertThat(machine.state().path("instances")).hasSize(1);
        assertThat(machine.calls().at("/http/absentInference").asInt()).isZero();
    }

    @Test
    void twentyCallersForTwoModelsCauseTwoLoads() throws Exception {
        long loads = machine.lmsCalls("load");
        List<CompletableFuture<HttpResponse<String>>> asked = IntStream.range(0, 20)
                .mapToObj(each -> bridge.postAsync(
                        "/bridge/v1/models/ensure", "{\"model\": \"" + (each % 2 == 0 ? LLAMA : GEMMA) + "\"}"))
                .toList();
        for (int each = 0; each < asked.size(); each++) {
            HttpResponse<String> answer = asked.get(each).get(60, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(RunningBridge.parse(answer.body()).path("identifier").asText())
                    .startsWith((each % 2 == 0 ? LLAMA : GEMMA) + "~");
        }
        assertThat(machine.lmsCalls("load")).isEqualTo(loads + 2);
        assertThat(machine.state().path("instances")).hasSize(2);
    }
}
