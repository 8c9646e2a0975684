package dev.lmbridge.sim.http;

import static dev.lmbridge.sim.RunningSim.LLAMA;
import static dev.lmbridge.sim.RunningSim.THINKER;
import static dev.lmbridge.sim.RunningSim.events;
import static dev.lmbridge.sim.RunningSim.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSim;
import dev.lmbridge.sim.RunningSim.Event;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class MessagesRouteTest {
    private static final String ASK = "\"messages\":[{\"role\":\"user\",\"content\":\"count to 3\"}]";

    @TempDir
    private Path home;

    private RunningSim sim;

    @BeforeEach
    void start() throws Exception {
        sim = new RunningSim(home);
    }

    @AfterEach
    void stop() throws Exception {
        sim.stop();
    }

    @Test
    void anAnswerHasBlocksAReasonAndItsUsage() throws Exception {
        JsonNode message = json(ask(LLAMA, "\"max_tokens\":99," + ASK));
        assertThat(message.path("type").asText()).isEqualTo("message");
        assertThat(message.path("content").path(0).path("text").asText()).isEqualTo("1, 2, 3.");
        assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(message.path("usage").path("output_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void theReasonNamesALimitOrAStopSequence() throws Exception {
        assertThat(json(ask(LLAMA, "\"max_tokens\":2," + ASK))
                        .path("stop_reason")
                        .asText())
                .isEqualTo("max_tokens");
        JsonNode stopped = json(ask(LLAMA, "\"max_tokens\":99,\"stop_sequences\":[\" 3\"]," + ASK));
        assertThat(stopped.path("stop_reason").asText()).isEqualTo("stop_sequence");
        assertThat(stopped.path("stop_sequence").asText()).isEqualTo(" 3");
    }

    @Test
    void aStreamHasItsEventsInOrder() throws Exception {
        List<Event> events = events(ask(THINKER, "\"stream\":true,\"max_tokens\":99," + ASK));
        assertThat(events.stream().map(Event::name).distinct())
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.stream()
                        .filter(event -> event.name().equals("content_block_start"))
                        .map(event -> event.data().path("index").asInt()
                                + event.data()
                                        .path("content_block")
                                        .path("type")
                                        .asText()))
                .containsExactly("0thinking", "1text");
        assertThat(events.stream()
                        .map(event -> event.data().path("delta").path("type").asText()))
                .contains("thinking_delta", "text_delta");
        assertThat(events.get(events.size() - 2)
                        .data()
                        .path("delta")
                        .path("stop_reason")
                        .asText())
                .isEqualTo("end_turn");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "messages":[] | max_tokens: Field required
            "max_tokens":5 | messages: Field required
            "max_tokens":0,"messages":[] | 'max_tokens' must be at least 1
            "max_tokens":5,"messages":[{"role":"system","content":"x"}] | messages.0.role: Input should be 'user' or 'assistant'
            "max_tokens":5,"messages":[],"tool_choice":{"type":"tool"} | tool_choice.name: Field required
            "max_tokens":5,"messages":[],"system":7 | 'system' must be a string or an array of content blocks
            """)
    void whatIsWrongIsNamedInAnthropicsShape(String fields, String text) throws Exception {
        HttpResponse<String> response = ask(LLAMA, fields);
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode body = json(response);
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.path("error").path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(body.path("error").path("message").asText()).isEqualTo(text);
    }

    @Test
    void aLoadThatFailsIsToldInsideTheSentenceOfTheRoute() throws Exception {
        HttpResponse<String> response = ask("llama-3.3-70b-instruct", "\"max_tokens\":5," + ASK);
        assertThat(json(response).path("error").path("message").asText())
                .startsWith("Failed to load model \"llama-3.3-70b-instruct\". Error: Model loading was stopped");
    }

    private HttpResponse<String> ask(String model, String fields) throws Exception {
        return sim.post("/v1/messages", "{\"model\":\"" + model + "\"," + fields + "}");
    }
}
