package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every route that asks a model, through real processes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class RoutesIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String NOMIC = "text-embedding-nomic-embed-text-v1.5";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "50ms");
        bridge = RunningBridge.in(scratch).with(machine).start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @BeforeEach
    void nothingIsWrong() {
        machine.noFaults();
    }

    private static String question(String path, boolean stream) {
        String model = path.endsWith("embeddings") ? NOMIC : LLAMA;
        String asked = path.endsWith("/completions") && !path.contains("chat")
                ? "\"prompt\":\"say: hello\""
                : path.contains("chat/completions") || path.endsWith("messages")
                        ? "\"messages\":[{\"role\":\"user\",\"content\":\"say: hello\"}]"
                        : "\"input\":\"say: hello\"";
        return "{\"model\":\"" + model + "\",\"ttl\":\"5m\",\"max_tokens\":50," + asked
                + (stream ? ",\"stream\":true}" : "}");
    }

    private static final String ROUTES = """
            /v1/chat/completions     | [DONE]
            /v1/completions          | [DONE]
            /v1/responses            | response.completed
            /v1/messages             | message_stop
            /api/v0/chat/completions | [DONE]
            /api/v0/completions      | [DONE]
            /api/v1/chat             | chat.end
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = ROUTES)
    void everyRouteLoadsItsModelAndAnswersWholeAndAsAStream(String path, String end) {
        bridge.unloadAll();
        String body = path.equals("/api/v1/chat")
                ? question(path, false).replace("max_tokens", "max_output_tokens")
                : question(path, false);
        HttpResponse<String> whole = bridge.post(path, body);
        assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
        assertThat(whole.body()).contains("hello").contains(LLAMA + "~");
        assertThat(whole.headers().firstValue("X-LM-Bridge-Model")).contains(LLAMA);
        assertThat(whole.headers().firstValue("X-LM-Bridge-Load-Ms")).isPresent();
        assertThat(whole.headers().firstValue("X-LM-Bridge-Queue-Ms")).isPresent();

        HttpResponse<String> stream = bridge.post(path, body.replaceFirst("}$", ",\"stream\":true}"));
        assertThat(stream.statusCode()).as(stream.body()).isEqualTo(200);
        assertThat(stream.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(stream.body().strip().lines().toList()).last().asString().contains(end);
        assertThat(stream.headers().firstValue("X-LM-Bridge-Load-Ms")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/embeddings", "/api/v0/embeddings"})
    void embeddingsAreAnsweredAndAChatOfTheirModelIsRefused(String path) {
        HttpResponse<String> answer = bridge.post(path, question(path, false));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RunningBridge.parse(answer.body()).at("/data/0/embedding").size())
                .isEqualTo(768);

        HttpResponse<String> refused = bridge.post(Chats.PATH, Chats.plain(NOMIC, "hello"));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(RunningBridge.parse(refused.body()).at("/error/param").asText())
                .isEqualTo("model");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/completions          | data: {"error":{
            /v1/responses            | event: response.failed
            /v1/messages             | event: error
            /api/v0/chat/completions | data: {"error":{
            /api/v1/chat             | event: error
            """)
    void aStreamThatBreaksEndsAsItsClientsExpect(String path, String event) {
        for (String fault : List.of("stream-cut", "stream-error")) {
            machine.fault("{\"kind\":\"" + fault + "\",\"times\":1,\"tokens\":1}");
            HttpResponse<String> stream = bridge.post(
                    path,
                    question(path, true)
                            .replace("\"max_tokens\":50,", "")
                            .replace(
                                    "\"model\"",
                                    path.endsWith("messages") ? "\"max_tokens\":50,\"model\"" : "\"model\""));
            assertThat(stream.statusCode()).as(fault).isEqualTo(200);
            String last = stream.body().strip().substring(stream.body().strip().lastIndexOf("\n\n") + 2);
            assertThat(last).as(fault).startsWith(event).contains("upstream_error");
            assertThat(stream.body()).as(fault).doesNotContain("[DONE]").doesNotContain("chat.end");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/responses", "/v1/messages", "/api/v1/chat", "/v1/completions"})
    void anotherModelsAnswerIsRefusedOnEveryRoute(String path) {
        for (boolean stream : List.of(false, true)) {
            machine.fault("{\"kind\":\"wrong-model\",\"times\":1}");
            String body = question(path, stream);
            HttpResponse<String> answer =
                    bridge.post(path, path.equals("/api/v1/chat") ? body.replace("\"max_tokens\":50,", "") : body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(502);
            assertThat(RunningBridge.parse(answer.body()).at("/error/code").asText())
                    .isEqualTo("wrong_model");
        }
    }

    @Test
    void anEmptyAnswerIsAnAnswerWhileTheModelIsThere() {
        machine.fault("{\"kind\":\"stream-empty\",\"times\":1}");
        HttpResponse<String> silent = bridge.post(Chats.PATH, Chats.streaming(LLAMA, "say: hello"));
        assertThat(silent.statusCode()).isEqualTo(200);
        assertThat(silent.body()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void aConversationIsGoneOnWith() {
        JsonNode first = RunningBridge.parse(
                bridge.post("/v1/responses", "{\"model\":\"" + LLAMA + "\",\"input\":\"my name is Ada\"}")
                        .body());
        HttpResponse<String> second = bridge.post(
                "/v1/responses",
                "{\"model\":\"" + LLAMA + "\",\"input\":\"what is my name\",\"previous_response_id\":\""
                        + first.path("id").asText() + "\"}");
        assertThat(second.body()).contains("Ada");
    }

    @Test
    void lmStudiosOwnRoutesListLoadAndUnload() {
        bridge.unloadAll();
        HttpResponse<String> loaded =
                bridge.post("/api/v1/models/load", "{\"model\":\"" + LLAMA + "\",\"context_length\":2048}");
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
        String id = RunningBridge.parse(loaded.body()).path("instance_id").asText();
        assertThat(id).startsWith(LLAMA + "~");
        assertThat(bridge.get("/api/v1/models").body()).contains(id);
        assertThat(bridge.get("/api/v0/models").body()).contains(id);
        assertThat(RunningBridge.parse(bridge.get("/api/v0/models/" + id).body())
                        .path("state")
                        .asText())
                .isEqualTo("loaded");

        String unload = "{\"instance_id\":\"" + id + "\"}";
        assertThat(bridge.post("/api/v1/models/unload", unload).body()).contains(id);
        assertThat(machine.isLoaded(id)).isFalse();
        HttpResponse<String> again = bridge.post("/api/v1/models/unload", unload);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(404);
    }

    @Test
    void theHostNeverHasMoreThanItTakesAtATimeAndTheOthersWaitHere() throws Exception {
        bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: hello"));
        machine.fault("{\"kind\":\"slow-tokens\",\"afterMs\":300,\"times\":12}");
        List<CompletableFuture<HttpResponse<String>>> chats = new ArrayList<>();
        IntStream.range(0, 12).forEach(each -> chats.add(bridge.postAsync(Chats.PATH, Chats.plain(LLAMA, "say: a"))));
        int most = 0;
        int queued = 0;
        while (chats.stream().anyMatch(chat -> !chat.isDone())) {
            most = Math.max(most, machine.state().path("inFlight").asInt());
            JsonNode row = RunningBridge.parse(
                            bridge.get("/bridge/v1/models?state=loaded").body())
                    .at("/models/0");
            queued = Math.max(queued, row.path("queued").asInt());
        }
        for (CompletableFuture<HttpResponse<String>> chat : chats) {
            assertThat(chat.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        assertThat(most).isBetween(1, 4);
        assertThat(queued).isPositive();
    }
}
