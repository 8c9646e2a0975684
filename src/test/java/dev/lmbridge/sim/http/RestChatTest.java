package dev.lmbridge.sim.http;

import static dev.lmbridge.sim.RunningSimulator.events;
import static dev.lmbridge.sim.RunningSimulator.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSimulator;
import dev.lmbridge.sim.RunningSimulator.Event;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class RestChatTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String R1 = "deepseek/deepseek-r1-0528-qwen3-8b";
    private static final String GEMMA = "google/gemma-3-4b";

    private final RunningSimulator simulator;

    RestChatTest(@TempDir Path home) throws Exception {
        simulator = new RunningSimulator(home, RunningSimulator.quick());
    }

    @AfterEach
    void stop() throws Exception {
        simulator.stop();
    }

    @Test
    void anAnswerHasItsOutputItsNumbersAndAnId() throws Exception {
        JsonNode first = json(chat(LLAMA, "\"input\":\"count to 3\""));
        assertThat(first.path("model_instance_id").asText()).isEqualTo(LLAMA);
        assertThat(first.path("output").toString()).isEqualTo("[{\"type\":\"message\",\"content\":\"1, 2, 3.\"}]");
        assertThat(first.path("stats").path("total_output_tokens").asInt()).isEqualTo(3);
        assertThat(first.path("stats").path("reasoning_output_tokens").asInt(-1))
                .isZero();
        assertThat(first.path("stats").path("model_load_time_seconds").asDouble())
                .isGreaterThan(0.01);
        assertThat(first.path("response_id").asText()).startsWith("resp_");
        JsonNode second = json(chat(LLAMA, "\"input\":\"count to 3\",\"store\":false"));
        assertThat(second.path("stats").has("model_load_time_seconds")).isFalse();
        assertThat(second.has("response_id")).isFalse();
    }

    @Test
    void aStreamTellsOfTheLoadThePromptTheThoughtsAndTheAnswerInThisOrder() throws Exception {
        HttpResponse<String> response = chat(R1, "\"input\":\"count to 3\",\"stream\":true");
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        List<Event> events = events(response);
        assertThat(withoutRepeats(events))
                .containsExactly(
                        "chat.start",
                        "model_load.start",
                        "model_load.progress",
                        "model_load.end",
                        "prompt_processing.start",
                        "prompt_processing.progress",
                        "prompt_processing.end",
                        "reasoning.start",
                        "reasoning.delta",
                        "reasoning.end",
                        "message.start",
                        "message.delta",
                        "message.end",
                        "chat.end");
        assertThat(events).allMatch(event -> event.data().path("type").asText().equals(event.name()));
        assertThat(events.subList(0, 3))
                .allMatch(
                        event -> event.data().path("model_instance_id").asText().equals(R1));
        JsonNode result = events.getLast().data().path("result");
        assertThat(result.path("output").path(0).path("type").asText()).isEqualTo("reasoning");
        assertThat(result.path("output").path(1).path("content").asText()).isEqualTo("1, 2, 3.");
        assertThat(result.path("stats").path("reasoning_output_tokens").asInt()).isPositive();
        assertThat(withoutRepeats(events(chat(R1, "\"input\":\"x\",\"stream\":true"))))
                .startsWith("chat.start", "prompt_processing.start");
    }

    @Test
    void aChatGoesOnFromEachOfItsAnswers() throws Exception {
        JsonNode first = json(chat(LLAMA, "\"input\":\"count to 3\",\"system_prompt\":\"Be brief.\""));
        String more = "\"input\":\"count to 3\",\"previous_response_id\":\""
                + first.path("response_id").asText() + "\"";
        JsonNode second = json(chat(LLAMA, more));
        JsonNode branch = json(chat(LLAMA, more));
        int one = first.path("stats").path("input_tokens").asInt();
        assertThat(second.path("stats").path("input_tokens").asInt()).isGreaterThan(one + 3);
        assertThat(branch.path("stats").path("input_tokens"))
                .isEqualTo(second.path("stats").path("input_tokens"));
        assertThat(branch.path("response_id")).isNotEqualTo(second.path("response_id"));
    }

    @Test
    void aChatThatIsNotThereCannotGoOn() throws Exception {
        HttpResponse<String> unknown = chat(LLAMA, "\"input\":\"x\",\"previous_response_id\":\"resp_0\"");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).path("error").path("param").asText()).isEqualTo("previous_response_id");
        assertThat(chat(LLAMA, "\"input\":\"x\",\"previous_response_id\":\"7\"").statusCode())
                .isEqualTo(400);
    }

    @Test
    void itemsAreTextsAndImages() throws Exception {
        JsonNode answer = json(chat(
                GEMMA,
                "\"input\":[{\"type\":\"text\",\"content\":\"What is it?\"},"
                        + "{\"type\":\"message\",\"content\":\"Say.\"},"
                        + "{\"type\":\"image\",\"data_url\":\"data:image/png;base64,iVBORw0KGgo=\"}]"));
        assertThat(answer.path("output").path(0).path("content").asText()).contains("image");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input|{\"model\":\"x\"}",
                "model|{\"input\":\"x\"}",
                "input|{\"model\":\"x\",\"input\":[]}",
                "input|{\"model\":\"x\",\"input\":[{\"type\":\"audio\"}]}",
                "input|{\"model\":\"x\",\"input\":[{\"type\":\"text\"}]}",
                "input|{\"model\":\"x\",\"input\":[{\"type\":\"image\",\"data_url\":\"http://x/y.png\"}]}",
                "temperature|{\"model\":\"x\",\"input\":\"x\",\"temperature\":\"hot\"}",
                "top_p|{\"model\":\"x\",\"input\":\"x\",\"top_p\":2}",
                "max_output_tokens|{\"model\":\"x\",\"input\":\"x\",\"max_output_tokens\":0}",
                "stream|{\"model\":\"x\",\"input\":\"x\",\"stream\":\"true\"}",
                "reasoning|{\"model\":\"x\",\"input\":\"x\",\"reasoning\":\"deep\"}",
                "integrations|{\"model\":\"x\",\"input\":\"x\",\"integrations\":\"mcp/x\"}"
            })
    void aBadFieldIsNamed(String field, String body) throws Exception {
        HttpResponse<String> response = simulator.post("/api/v1/chat", body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").path("type").asText()).isEqualTo("invalid_request");
        assertThat(json(response).path("error").path("param").asText()).isEqualTo(field);
    }

    @Test
    void aReasoningSettingNeedsAModelThatHasIt() throws Exception {
        assertThat(chat(LLAMA, "\"input\":\"x\",\"reasoning\":\"on\"").statusCode())
                .isEqualTo(400);
        assertThat(chat(R1, "\"input\":\"x\",\"reasoning\":\"off\"").statusCode())
                .isEqualTo(400);
        assertThat(chat(R1, "\"input\":\"x\",\"reasoning\":\"on\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void theContextLengthCountsWhenTheRequestCausesTheLoad() throws Exception {
        chat(LLAMA, "\"input\":\"x\",\"context_length\":9000");
        chat(LLAMA, "\"input\":\"x\",\"context_length\":5000");
        assertThat(json(simulator.get("/api/v0/models/" + LLAMA))
                        .path("loaded_context_length")
                        .asInt())
                .isEqualTo(9000);
    }

    @Test
    void pluginsAreNotPermittedAndMcpIsNotThere() throws Exception {
        HttpResponse<String> plugin = chat(LLAMA, "\"input\":\"x\",\"integrations\":[\"mcp/playwright\"]");
        assertThat(plugin.statusCode()).isEqualTo(403);
        assertThat(json(plugin).path("error").path("message").asText())
                .startsWith("Permission denied to use plugin 'mcp/playwright'.");
        HttpResponse<String> server = chat(
                LLAMA,
                "\"input\":\"x\",\"integrations\":[{\"type\":\"ephemeral_mcp\",\"server_label\":\"x\",\"server_url\":\"http://x\"}]");
        assertThat(json(server).path("error").path("type").asText()).isEqualTo("not_implemented");
    }

    @Test
    void anErrorBeforeTheFirstEventIsAStatusAndOneAfterItAnEventAndTheEnd() throws Exception {
        HttpResponse<String> unknown = chat("nope", "\"input\":\"x\",\"stream\":true");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(json(unknown).path("error").path("code").asText()).isEqualTo("model_not_found");
        List<Event> events = events(chat(LLAMA, "\"input\":\"" + "x ".repeat(5_000) + "\",\"stream\":true"));
        assertThat(withoutRepeats(events)).endsWith("prompt_processing.progress", "error", "chat.end");
        assertThat(events.get(events.size() - 2)
                        .data()
                        .path("error")
                        .path("message")
                        .asText())
                .startsWith("Trying to keep the first");
        assertThat(events.stream()
                        .filter(event -> event.name().equals("prompt_processing.progress"))
                        .map(event -> event.data().path("progress").asDouble()))
                .containsExactly(0.25, 0.5, 0.75, 1.0);
        JsonNode result = events.getLast().data().path("result");
        assertThat(result.path("output")).isEmpty();
        assertThat(result.has("response_id")).isFalse();
    }

    @Test
    void anUnloadDuringTheAnswerEndsTheStreamWithWhatThereWas() throws Exception {
        simulator.control("POST", "/settings", "{\"tokensPerSecond\":50}");
        json(chat(LLAMA, "\"input\":\"count to 2\""));
        var stream = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
            try {
                return events(chat(LLAMA, "\"input\":\"count to 5000\",\"stream\":true"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        while (!simulator
                .control("GET", "/state", "")
                .path("instances")
                .path(0)
                .path("status")
                .asText()
                .equals("generating")) {
            assertThat(stream).isNotDone();
        }
        simulator.post("/api/v1/models/unload", "{\"instance_id\":\"" + LLAMA + "\"}");
        List<Event> events = stream.join();
        assertThat(withoutRepeats(events)).endsWith("message.end", "error", "chat.end");
        assertThat(events.getLast().data().path("result").path("output")).hasSize(1);
    }

    @Test
    void faultsOfInferenceHitThisApiToo() throws Exception {
        simulator.control("POST", "/faults", "{\"kind\":\"http-500\",\"times\":1}");
        assertThat(chat(LLAMA, "\"input\":\"x\"").statusCode()).isEqualTo(500);
        simulator.control("POST", "/faults", "{\"kind\":\"stream-cut\",\"tokens\":2}");
        assertThatThrownBy(() -> chat(LLAMA, "\"input\":\"count to 30\",\"stream\":true"))
                .isInstanceOf(IOException.class);
    }

    private HttpResponse<String> chat(String model, String fields) throws Exception {
        return simulator.post("/api/v1/chat", "{\"model\":\"" + model + "\"," + fields + "}");
    }

    private static List<String> withoutRepeats(List<Event> events) {
        List<String> names = new ArrayList<>();
        for (Event event : events) {
            if (names.isEmpty() || !names.getLast().equals(event.name())) {
                names.add(event.name());
            }
        }
        return names;
    }
}
