package dev.lmbridge.sim.http;

import static dev.lmbridge.sim.RunningSim.LLAMA;
import static dev.lmbridge.sim.RunningSim.THINKER;
import static dev.lmbridge.sim.RunningSim.events;
import static dev.lmbridge.sim.RunningSim.json;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSim;
import dev.lmbridge.sim.RunningSim.Event;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/chat/completions}, {@code /v1/completions} and {@code /v1/embeddings}. */
@Timeout(60)
final class ChatRoutesTest {
    private static final String NOMIC = "text-embedding-nomic-embed-text-v1.5";

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "max_tokens":"x" | 'max_tokens' must be an integer
            "max_tokens":1.5 | 'max_tokens' must be an integer
            "stream":"yes" | 'stream' must be a boolean
            "model":7 | 'model' must be a string
            "tools":{} | 'tools' must be an array
            "tools":[{"type":"function","function":{}}] | 'tools.0.function.name' must be a string
            "tool_choice":{"type":"function"} | Invalid tool_choice type: 'object'. Supported string values: none, auto, required
            "tool_choice":"any" | Invalid tool_choice: 'any'. Supported string values: none, auto, required
            "response_format":{"type":"json_object"} | 'response_format.type' must be 'json_schema' or 'text'
            "response_format":{"type":"json_schema"} | 'response_format.json_schema.schema' must be an object
            "messages":[{"content":"x"}] | 'messages.0.role' must be a string
            "messages":[{"role":"user","content":7}] | 'messages.0.content' must be a string or an array of content parts
            "messages":"x" | 'messages' field is required
            """, quoteCharacter = '`')
    void aFieldOfAWrongTypeIsRefusedByName(String field, String text) throws Exception {
        String messages = field.startsWith("\"messages\"") ? "" : ",\"messages\":[]";
        HttpResponse<String> response = sim.post("/v1/chat/completions", "{" + field + messages + "}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").asText()).isEqualTo(text);
    }

    @Test
    void bothNamesOfTheLimitHoldAndMinusOneIsNone() throws Exception {
        JsonNode limited = choice(chat(LLAMA, "count to 9", ",\"max_completion_tokens\":2"));
        assertThat(limited.path("message").path("content").asText()).isEqualTo("1, 2,");
        assertThat(limited.path("finish_reason").asText()).isEqualTo("length");
        JsonNode free = choice(chat(LLAMA, "count to 9", ",\"max_tokens\":-1,\"n\":3"));
        assertThat(free.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void thoughtsGoToTheFieldOfTheSettingOrIntoTheText() throws Exception {
        JsonNode message = choice(chat(THINKER, "say yes", "")).path("message");
        assertThat(message.path("content").asText()).isEqualTo("yes");
        String thoughts = message.path("reasoning_content").asText();
        assertThat(thoughts).isNotEmpty();
        assertThat(json(chat(THINKER, "say yes", ""))
                        .path("usage")
                        .path("completion_tokens_details")
                        .path("reasoning_tokens")
                        .asInt())
                .isPositive();

        sim.settings("{\"reasoning\":\"reasoning\"}");
        JsonNode other = choice(chat(THINKER, "say yes", "")).path("message");
        assertThat(other.path("reasoning").asText()).isEqualTo(thoughts);
        assertThat(other.has("reasoning_content")).isFalse();
        assertThat(joined(chat(THINKER, "say yes", ",\"stream\":true"), "reasoning"))
                .isEqualTo(thoughts);

        sim.settings("{\"reasoning\":\"think\"}");
        JsonNode tagged = choice(chat(THINKER, "say yes", "")).path("message");
        assertThat(tagged.has("reasoning_content")).isFalse();
        assertThat(tagged.path("content").asText())
                .startsWith("<think>")
                .contains(thoughts, "</think>")
                .endsWith("yes");
        assertThat(joined(chat(THINKER, "say yes", ",\"stream\":true"), "content"))
                .isEqualTo(tagged.path("content").asText());
    }

    @Test
    void thoughtsCanTakeAllTokens() throws Exception {
        JsonNode choice = choice(chat(THINKER, "say yes", ",\"max_tokens\":3"));
        assertThat(choice.path("message").path("content").asText("none")).isEmpty();
        assertThat(choice.path("message").path("reasoning_content").asText()).isNotEmpty();
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
    }

    @Test
    void aPromptThatIsTooLongIsA400OrAnErrorInAStreamWithStatus200() throws Exception {
        sim.post("/api/v1/models/load", "{\"model\":\"" + LLAMA + "\",\"context_length\":10}");
        String prompt = "one two three four five six seven eight nine ten eleven";
        HttpResponse<String> whole = chat(LLAMA, prompt, "");
        assertThat(whole.statusCode()).isEqualTo(400);
        String text = json(whole).path("error").asText();
        assertThat(text).startsWith("Trying to keep the first ").contains("when context the overflows");
        HttpResponse<String> stream = chat(LLAMA, prompt, ",\"stream\":true");
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(events(stream)).singleElement().satisfies(event -> {
            assertThat(event.name()).isEqualTo("error");
            assertThat(event.data().path("error").path("message").asText()).isEqualTo(text);
        });
    }

    @Test
    void withoutLoadingOnDemandACrashIsFollowedByNoModelsLoaded() throws Exception {
        sim.settings("{\"jit\":false,\"tokensPerSecond\":5}");
        sim.load(LLAMA);
        CompletableFuture<HttpResponse<String>> hit =
                sim.begin("/v1/chat/completions", body(LLAMA, "count to 999", ""));
        sim.awaitQueued(1);
        sim.fault("{\"kind\":\"crash\"}");
        HttpResponse<String> crashed = hit.get(20, SECONDS);
        assertThat(crashed.statusCode()).isEqualTo(400);
        assertThat(json(crashed).path("error").asText())
                .isEqualTo("The model has crashed without additional information. (Exit code: null)");
        HttpResponse<String> next = chat(LLAMA, "x", ",\"stream\":true");
        assertThat(next.statusCode()).isEqualTo(400);
        assertThat(json(next).path("error").path("message").asText()).startsWith("No models loaded. Please load");
    }

    @Test
    void anUnloadUnderARequestIsToldInTheFormOfItsAnswer() throws Exception {
        sim.settings("{\"tokensPerSecond\":50}");
        sim.load(LLAMA);
        CompletableFuture<HttpResponse<String>> whole =
                sim.begin("/v1/chat/completions", body(LLAMA, "count to 999", ""));
        CompletableFuture<HttpResponse<String>> stream =
                sim.begin("/v1/chat/completions", body(LLAMA, "count to 999", ",\"stream\":true"));
        sim.awaitQueued(2);
        sim.unload(LLAMA);
        assertThat(whole.get(20, SECONDS).statusCode()).isEqualTo(400);
        assertThat(json(whole.get(20, SECONDS)).path("error").asText()).isEqualTo("Model is unloaded.");
        List<Event> events = events(stream.get(20, SECONDS));
        assertThat(events.getLast().name()).isEqualTo("error");
        assertThat(stream.get(20, SECONDS).body()).doesNotContain("[DONE]");
    }

    @Test
    void aCompletionTakesAPromptOrAListAndNoTokens() throws Exception {
        String model = "{\"model\":\"" + LLAMA + "\",\"echo\":true,\"prompt\":";
        assertThat(choice(sim.post("/v1/completions", model + "[\"count to 3\"]}"))
                        .path("text")
                        .asText())
                .isEqualTo("1, 2, 3.");
        assertThat(json(sim.post("/v1/completions", model + "[1,2]}"))
                        .path("error")
                        .asText())
                .isEqualTo("'prompt' field must be a string or an array of strings");
        List<Event> events = events(sim.post(
                "/v1/completions",
                model + "\"count to 3\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"));
        assertThat(events.stream()
                        .map(event -> event.data()
                                .path("choices")
                                .path(0)
                                .path("text")
                                .asText())
                        .collect(Collectors.joining()))
                .isEqualTo("1, 2, 3.");
        assertThat(events.getLast()
                        .data()
                        .path("usage")
                        .path("completion_tokens")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void aVectorCanBeBase64AndAnInputCannotBeTokens() throws Exception {
        String model = "{\"model\":\"" + NOMIC + "\",\"dimensions\":3,\"input\":";
        JsonNode plain = json(sim.post("/v1/embeddings", model + "\"a b\"}"));
        JsonNode vector = plain.path("data").path(0).path("embedding");
        assertThat(vector).hasSize(768);
        byte[] bytes = Base64.getDecoder()
                .decode(json(sim.post("/v1/embeddings", model + "\"a b\",\"encoding_format\":\"base64\"}"))
                        .path("data")
                        .path(0)
                        .path("embedding")
                        .asText());
        ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode number : vector) {
            assertThat(numbers.getFloat()).isEqualTo((float) number.asDouble());
        }
        assertThat(numbers.hasRemaining()).isFalse();
        assertThat(json(sim.post("/v1/embeddings", model + "[1,2]}"))
                        .path("error")
                        .asText())
                .isEqualTo("'input' field must be a string or an array of strings");
    }

    private HttpResponse<String> chat(String model, String text, String more) throws Exception {
        return sim.post("/v1/chat/completions", body(model, text, more));
    }

    private static String body(String model, String text, String more) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + more
                + "}";
    }

    private static JsonNode choice(HttpResponse<String> response) throws Exception {
        return json(response).path("choices").path(0);
    }

    private static String joined(HttpResponse<String> stream, String field) throws Exception {
        return events(stream).stream()
                .map(event -> event.data()
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path(field)
                        .asText())
                .collect(Collectors.joining());
    }
}
