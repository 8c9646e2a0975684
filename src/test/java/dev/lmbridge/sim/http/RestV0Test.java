package dev.lmbridge.sim.http;

import static dev.lmbridge.sim.RunningSimulator.events;
import static dev.lmbridge.sim.RunningSimulator.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSimulator;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RestV0Test {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String ASK =
            "{\"model\":\"" + LLAMA + "\",\"messages\":[{\"role\":\"user\",\"content\":\"count to 3\"}]";

    private final RunningSimulator simulator;

    RestV0Test(@TempDir Path home) throws Exception {
        simulator = new RunningSimulator(home, RunningSimulator.quick());
    }

    @AfterEach
    void stop() throws Exception {
        simulator.stop();
    }

    @Test
    void aChatHasOpenAisShapeAndItsNumbers() throws Exception {
        JsonNode answer = json(simulator.post("/api/v0/chat/completions", ASK + "}"));
        assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
        assertThat(answer.path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo("1, 2, 3.");
        assertThat(answer.path("stats").fieldNames())
                .toIterable()
                .containsExactly("tokens_per_second", "time_to_first_token", "generation_time", "stop_reason");
        assertThat(answer.path("stats").path("stop_reason").asText()).isEqualTo("eosFound");
        assertThat(answer.path("model_info").toString())
                .isEqualTo("{\"arch\":\"llama\",\"quant\":\"Q8_0\",\"format\":\"gguf\",\"context_length\":4096}");
        assertThat(answer.path("runtime").path("supported_formats").path(0).asText())
                .isEqualTo("gguf");
    }

    @Test
    void aStreamHasTheNumbersInItsLastPieceOnly() throws Exception {
        HttpResponse<String> response = simulator.post("/api/v0/chat/completions", ASK + ",\"stream\":true}");
        assertThat(response.body()).endsWith("data: [DONE]\n\n");
        var events = events(response);
        assertThat(events.getLast().data().path("stats").path("stop_reason").asText())
                .isEqualTo("eosFound");
        assertThat(events.getLast()
                        .data()
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo("stop");
        assertThat(events.subList(0, events.size() - 1))
                .noneMatch(event -> event.data().has("stats"));
    }

    @Test
    void aCompletionHasTextAndNumbers() throws Exception {
        JsonNode answer = json(simulator.post(
                "/api/v0/completions", "{\"model\":\"" + LLAMA + "\",\"prompt\":\"count to 9\",\"max_tokens\":2}"));
        assertThat(answer.path("choices").path(0).path("text").asText()).isEqualTo("1, 2,");
        assertThat(answer.path("stats").path("stop_reason").asText()).isEqualTo("maxPredictedTokensReached");
    }

    @Test
    void embeddingsAreThoseOfOpenAi() throws Exception {
        JsonNode answer = json(simulator.post(
                "/api/v0/embeddings", "{\"model\":\"text-embedding-nomic-embed-text-v1.5\",\"input\":\"x\"}"));
        assertThat(answer.path("data").path(0).path("embedding")).isNotEmpty();
        assertThat(answer.path("usage").path("prompt_tokens").asInt(-1)).isZero();
    }

    @Test
    void errorsAndFaultsAreThoseOfOpenAi() throws Exception {
        HttpResponse<String> unknown = simulator.post("/api/v0/chat/completions", "{\"model\":\"x\",\"messages\":[]}");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(json(unknown).path("error").path("code").asText()).isEqualTo("model_not_found");
        simulator.control("POST", "/faults", "{\"kind\":\"http-500\",\"times\":1}");
        assertThat(simulator.post("/api/v0/chat/completions", ASK + "}").statusCode())
                .isEqualTo(500);
    }

    @Test
    void oneModelIsFoundByItsKeyWithOrWithoutEncodedSlashes() throws Exception {
        for (String path : new String[] {"qwen/qwen3-4b", "qwen%2Fqwen3-4b"}) {
            JsonNode row = json(simulator.get("/api/v0/models/" + path));
            assertThat(row.path("id").asText()).isEqualTo("qwen/qwen3-4b");
            assertThat(row.path("compatibility_type").asText()).isEqualTo("mlx");
            assertThat(row.path("quantization").asText()).isEqualTo("4bit");
            assertThat(row.path("capabilities").path(0).asText()).isEqualTo("tool_use");
            assertThat(row.has("loaded_context_length")).isFalse();
        }
        assertThat(json(simulator.get("/api/v0/models/google%2Fgemma-3-4b"))
                        .path("type")
                        .asText())
                .isEqualTo("vlm");
        assertThat(simulator.get("/api/v0/models/nope").statusCode()).isEqualTo(404);
        assertThat(json(simulator.get("/api/v0/models/")).path("error").asText())
                .isEqualTo("Unexpected endpoint or method. (GET /api/v0/models/)");
    }

    @Test
    void aSecondInstanceHasARowOfItsOwn() throws Exception {
        simulator.post("/api/v1/models/load", "{\"model\":\"" + LLAMA + "\"}");
        simulator.post("/api/v1/models/load", "{\"model\":\"" + LLAMA + "\",\"context_length\":9000}");
        JsonNode rows = json(simulator.get("/api/v0/models")).path("data");
        assertThat(rows).hasSize(9);
        assertThat(rows.path(2).path("state").asText()).isEqualTo("loaded");
        assertThat(rows.path(8).path("id").asText()).isEqualTo(LLAMA + ":2");
        assertThat(rows.path(8).path("loaded_context_length").asInt()).isEqualTo(9000);
        assertThat(json(simulator.get("/api/v0/models/" + LLAMA + ":2"))
                        .path("state")
                        .asText())
                .isEqualTo("loaded");
    }
}
