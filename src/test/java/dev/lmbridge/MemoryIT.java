package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.EventStream;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host whose models may take 8 GB: one of the large ones fits, two do not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class MemoryIT {
    private static final String QWEN = "qwen2.5-7b-instruct";
    private static final String DEEPSEEK = "deepseek/deepseek-r1-0528-qwen3-8b";
    private static final String HUGE = "llama-3.3-70b-instruct";
    private static final String TINY = "llama-3.2-1b-instruct";
    private static final String GEMMA = "google/gemma-3-4b";
    private static final String ENSURE = "/bridge/v1/models/ensure";
    private static final String EVICTIONS = "lm_bridge_evictions_total{rule=\"memory\"}";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "100ms", "--pace", "100");
        bridge = RunningBridge.in(scratch)
                .with("LM_BRIDGE_LOADER_RETRY_MAX", "0")
                .with(machine, "8GB")
                .start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @BeforeEach
    void nothingIsLoaded() {
        machine.noFaults();
        bridge.unloadAll();
    }

    @Test
    void anAnswerArrivesWholeBeforeItsModelMakesRoomForAnother() throws Exception {
        double before = bridge.metric(EVICTIONS);
        String text = "word ".repeat(150).strip();
        try (EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(QWEN, "say: " + text))) {
            stream.awaitText();
            CompletableFuture<HttpResponse<String>> other =
                    bridge.postAsync(Chats.PATH, Chats.plain(DEEPSEEK, "say: my turn"));
            List<String> rest = stream.rest();
            assertThat(rest.getLast()).isEqualTo(EventStream.DONE);
            assertThat(EventStream.textOf(rest)).endsWith("word word");
            HttpResponse<String> answer = other.get();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(Chats.text(answer.body())).contains("my turn");
        }
        assertThat(machine.state().path("instances")).hasSize(1);
        assertThat(bridge.metric(EVICTIONS)).isEqualTo(before + 1);
        assertThat(bridge.get("/bridge/v1/explain?model=" + QWEN).body())
                .contains("model.evicting", "model.evicted", DEEPSEEK);
        assertThat(bridge.metric("lm_bridge_memory_budget_bytes{host=\"local\"}"))
                .isEqualTo(8e9);
        assertThat(bridge.metric("lm_bridge_memory_held_bytes{host=\"local\"}")).isBetween(5e9, 8e9);
    }

    @Test
    void whatCanNeverFitIsRefusedAtOnceWithBothFigures() {
        long calls = machine.lmsCalls("load");
        JsonNode problem = ensure(HUGE, 503);
        assertThat(problem.path("code").asText()).isEqualTo("insufficient_memory");
        assertThat(problem.path("required").asLong()).isGreaterThan(42_000_000_000L);
        assertThat(problem.path("available").asLong()).isEqualTo(8_000_000_000L);
        assertThat(problem.path("detail").asText()).contains("39.6 GiB", "7.5 GiB");
        assertThat(machine.lmsCalls("load")).isEqualTo(calls);
        HttpResponse<String> chat = bridge.post(Chats.PATH, Chats.plain(HUGE, "hello"));
        assertThat(chat.statusCode()).isEqualTo(503);
        assertThat(RunningBridge.parse(chat.body()).at("/error/code").asText()).isEqualTo("insufficient_memory");
    }

    @Test
    void aDryRunShowsWhoWouldGo() {
        String identifier = ensure(QWEN, 200).path("identifier").asText();
        JsonNode plan = dryRun(DEEPSEEK);
        assertThat(plan.path("evict")).hasSize(1);
        assertThat(plan.at("/evict/0").asText()).isEqualTo(identifier);
        assertThat(plan.path("fits").asBoolean()).isTrue();
        assertThat(plan.path("requiredBytes").asLong()).isGreaterThan(5_000_000_000L);
        assertThat(plan.path("budgetBytes").asLong()).isEqualTo(8_000_000_000L);
        assertThat(plan.path("availableBytes").asLong()).isBetween(1L, 4_000_000_000L);
        assertThat(dryRun(TINY).path("evict")).isEmpty();
        assertThat(dryRun(HUGE).path("fits").asBoolean(true)).isFalse();
        assertThat(machine.isLoaded(identifier)).isTrue();
    }

    /** Of a model that no other test uses: the bridge remembers the need that it was told. */
    @ParameterizedTest
    @ValueSource(strings = {"current", "old", "nan"})
    void aRefusalOfTheHostIsToldWhateverItsWording(String wording) {
        machine.fault("{\"kind\":\"load-memory\",\"gigabytes\":3.5,\"wording\":\"" + wording + "\"}");
        JsonNode problem = ensure(GEMMA, 503);
        assertThat(problem.path("code").asText()).isEqualTo("insufficient_memory");
        assertThat(problem.path("available").asLong()).isEqualTo(8_000_000_000L);
        assertThat(problem.path("required").asLong(-1)).isEqualTo(wording.equals("current") ? 3_500_000_000L : -1);
    }

    @Test
    void aRefusalOfTheHostIsAnsweredByOneEvictionAndOneMoreAttempt() {
        String identifier = ensure("qwen/qwen3-4b", 200).path("identifier").asText();
        machine.fault("{\"kind\":\"load-memory\",\"model\":\"" + TINY + "\",\"wording\":\"old\",\"times\":1}");
        JsonNode loaded = ensure(TINY, 200);
        assertThat(loaded.path("attempts").asInt()).isEqualTo(2);
        assertThat(machine.isLoaded(identifier)).isFalse();
    }

    private JsonNode ensure(String model, int status) {
        HttpResponse<String> answer = bridge.post(ENSURE, "{\"model\": \"" + model + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return RunningBridge.parse(answer.body());
    }

    private JsonNode dryRun(String model) {
        HttpResponse<String> answer = bridge.post(ENSURE, "{\"model\": \"" + model + "\", \"dryRun\": true}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBridge.parse(answer.body());
    }
}
