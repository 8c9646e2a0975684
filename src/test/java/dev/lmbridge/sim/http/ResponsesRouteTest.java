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

@Timeout(60)
final class ResponsesRouteTest {
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
    void aResponseHasItsOutputAndItsUsage() throws Exception {
        JsonNode response = json(ask(LLAMA, "\"count to 3\"", ""));
        assertThat(response.path("object").asText()).isEqualTo("response");
        assertThat(response.path("status").asText()).isEqualTo("completed");
        assertThat(text(response)).isEqualTo("1, 2, 3.");
        assertThat(response.path("usage").path("output_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void aLimitedResponseIsIncomplete() throws Exception {
        JsonNode response = json(ask(LLAMA, "\"count to 3\"", ",\"max_output_tokens\":2"));
        assertThat(response.path("status").asText()).isEqualTo("incomplete");
        assertThat(response.path("incomplete_details").path("reason").asText()).isEqualTo("max_output_tokens");
        List<Event> events = events(ask(LLAMA, "\"count to 3\"", ",\"max_output_tokens\":2,\"stream\":true"));
        assertThat(events.getLast().name()).isEqualTo("response.incomplete");
    }

    @Test
    void aStreamTellsOfEachItemFromItsBeginningToItsEnd() throws Exception {
        List<Event> events = events(ask(THINKER, "\"say yes\"", ",\"stream\":true"));
        assertThat(events.stream().map(Event::name).distinct())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.reasoning_text.delta",
                        "response.reasoning_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.completed");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).data().path("sequence_number").asInt(-1)).isEqualTo(i);
            assertThat(events.get(i).data().path("type").asText())
                    .isEqualTo(events.get(i).name());
        }
        JsonNode whole = events.getLast().data().path("response");
        assertThat(whole.path("output"))
                .extracting(item -> item.path("type").asText())
                .containsExactly("reasoning", "message");
        assertThat(text(whole)).isEqualTo("yes");
    }

    @Test
    void aConversationGoesOnFromAnEarlierResponse() throws Exception {
        JsonNode first = json(ask(LLAMA, "\"count to 3\"", ",\"instructions\":\"be brief be brief be brief\""));
        String more = ",\"previous_response_id\":\"" + first.path("id").asText() + "\"";
        JsonNode second = json(ask(LLAMA, "\"say yes\"", more));
        int alone = json(ask(LLAMA, "\"say yes\"", ""))
                .path("usage")
                .path("input_tokens")
                .asInt();
        assertThat(text(second)).isEqualTo("yes");
        // The first question and its answer: three tokens and the frame of a message, twice. The instructions are not
        // carried over.
        assertThat(second.path("usage").path("input_tokens").asInt()).isEqualTo(alone + 14);
        assertThat(second.path("previous_response_id").asText())
                .isEqualTo(first.path("id").asText());
    }

    @Test
    void anIdThatIsNotKnownOrWasNotStoredIsRefused() throws Exception {
        String id = json(ask(LLAMA, "\"x\"", ",\"store\":false")).path("id").asText();
        for (String unknown : List.of(id, "resp_nope")) {
            HttpResponse<String> response =
                    ask(LLAMA, "\"x\"", ",\"previous_response_id\":\"" + unknown + "\",\"stream\":true");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(json(response).path("error").path("code").asText()).isEqualTo("previous_response_not_found");
        }
    }

    @Test
    void whatIsWrongIsNamedInTheObjectShape() throws Exception {
        assertThat(message(ask(LLAMA, "7", ""))).isEqualTo("'input' must be a string or an array of items");
        assertThat(message(ask(LLAMA, "[{\"type\":\"computer_call\"}]", "")))
                .isEqualTo("'input.0.type' is 'computer_call', which is not supported");
        assertThat(message(ask(LLAMA, "\"x\"", ",\"tools\":[{\"type\":\"function\"}]")))
                .isEqualTo("'tools.0.name' must be a string");
        assertThat(message(ask("nope", "\"x\"", ""))).startsWith("Invalid model identifier \"nope\"");
    }

    private HttpResponse<String> ask(String model, String input, String more) throws Exception {
        return sim.post("/v1/responses", "{\"model\":\"" + model + "\",\"input\":" + input + more + "}");
    }

    private static String message(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).isEqualTo(400);
        return json(response).path("error").path("message").asText();
    }

    private static String text(JsonNode response) {
        JsonNode output = response.path("output");
        return output.path(output.size() - 1)
                .path("content")
                .path(0)
                .path("text")
                .asText();
    }
}
