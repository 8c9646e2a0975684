package dev.lmbridge.sim.http;

import static dev.lmbridge.sim.RunningSimulator.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSimulator;
import java.net.InetAddress;
import java.net.Socket;
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
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class RestV1Test {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String NOMIC = "text-embedding-nomic-embed-text-v1.5";

    private final RunningSimulator simulator;

    RestV1Test(@TempDir Path home) throws Exception {
        simulator = new RunningSimulator(home, RunningSimulator.quick());
    }

    @AfterEach
    void stop() throws Exception {
        simulator.stop();
    }

    @Test
    void theListSaysWhatEachModelCanDo() throws Exception {
        JsonNode models = json(simulator.get("/api/v1/models")).path("models");
        assertThat(names(models.path(5).path("capabilities")))
                .containsExactly("vision", "trained_for_tool_use", "reasoning");
        assertThat(models.path(5).path("capabilities").path("reasoning").toString())
                .isEqualTo("{\"allowed_options\":[\"on\"],\"default\":\"on\"}");
        assertThat(models.path(0).path("capabilities").has("reasoning")).isFalse();
        assertThat(models.path(3).path("variants")).hasSize(2);
        assertThat(models.path(3).path("selected_variant").asText()).isEqualTo("google/gemma-3-4b@q4_k_m");
        assertThat(models.path(0).has("variants")).isFalse();
        assertThat(models.path(4).path("format").asText()).isEqualTo("mlx");
        assertThat(models.path(7).path("type").asText()).isEqualTo("embedding");
        assertThat(names(models.path(7))).doesNotContain("architecture", "capabilities", "description");
    }

    @Test
    void aLoadEchoesWhatItWasGivenAndTheListShowsIt() throws Exception {
        JsonNode answer = json(
                load(
                        "\"context_length\":8000,\"parallel\":2,\"eval_batch_size\":64,\"flash_attention\":false,"
                                + "\"offload_kv_cache_to_gpu\":false,\"num_experts\":2,\"unheard_of\":1,\"echo_load_config\":true"));
        String config = "{\"context_length\":8000,\"parallel\":2,\"eval_batch_size\":64,\"flash_attention\":false,"
                + "\"offload_kv_cache_to_gpu\":false}";
        assertThat(answer.path("load_config").toString()).isEqualTo(config);
        assertThat(answer.path("load_time_seconds").isNumber()).isTrue();
        JsonNode instance = instance(2);
        assertThat(instance.path("config").toString()).isEqualTo(config);
        assertThat(instance.has("remaining_ttl_seconds")).isFalse();
        assertThat(json(load("")).has("load_config")).isFalse();
    }

    @Test
    void whatInferenceLoadedTellsTheTimeItHasLeft() throws Exception {
        simulator.post("/v1/embeddings", "{\"model\":\"" + NOMIC + "\",\"input\":\"x\",\"ttl\":100}");
        assertThat(instance(7).path("remaining_ttl_seconds").asInt()).isBetween(50, 100);
        assertThat(names(instance(7).path("config"))).containsExactly("context_length");
    }

    @ParameterizedTest
    @CsvSource({
        "context_length, 0",
        "context_length, \"4096\"",
        "context_length, 1.5",
        "context_length, null",
        "parallel, -1",
        "eval_batch_size, true",
        "flash_attention, 1",
        "offload_kv_cache_to_gpu, \"yes\"",
        "echo_load_config, 0"
    })
    void aFieldOfTheWrongTypeIsRefusedByItsName(String field, String value) throws Exception {
        HttpResponse<String> response = load("\"" + field + "\":" + value);
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = json(response).path("error");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request");
        assertThat(error.path("param").asText()).isEqualTo(field);
        assertThat(error.path("message").asText()).startsWith("\"" + field + "\" must be ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "google/gemma-3-4b@q8_0", "LLAMA-3.2-1b-instruct"})
    void onlyAnExactKeyCanBeLoaded(String name) throws Exception {
        HttpResponse<String> response = simulator.post("/api/v1/models/load", "{\"model\":\"" + name + "\"}");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).path("error").toString())
                .isEqualTo("{\"type\":\"model_not_found\",\"message\":\"Model " + name
                        + " not found in downloaded models\"}");
    }

    @Test
    void aLoadThatFailsIsTyped() throws Exception {
        HttpResponse<String> memory = simulator.post("/api/v1/models/load", "{\"model\":\"llama-3.3-70b-instruct\"}");
        assertThat(memory.statusCode()).isEqualTo(400);
        assertThat(json(memory).path("error").path("type").asText()).isEqualTo("model_load_failed");
        assertThat(json(memory).path("error").path("message").asText())
                .startsWith("Failed to load model \"llama-3.3-70b-instruct\". Error: Model loading was stopped due to");
        simulator.control("POST", "/faults", "{\"kind\":\"load-fails\",\"text\":\"CUDA out of memory\"}");
        HttpResponse<String> engine = load("");
        assertThat(engine.statusCode()).isEqualTo(500);
        assertThat(json(engine).path("error").path("message").asText())
                .isEqualTo("Failed to load model \"" + LLAMA + "\". Error: Failed to load model.");
    }

    @Test
    void aLoadGoesOnWhenItsClientLeaves() throws Exception {
        simulator.control("POST", "/settings", "{\"loadTimeMs\":300}");
        String body = "{\"model\":\"" + LLAMA + "\"}";
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), simulator.uri("/").getPort())) {
            socket.getOutputStream()
                    .write(("POST /api/v1/models/load HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(UTF_8));
            until(() -> !simulator.control("GET", "/state", "").path("loading").isEmpty());
        }
        until(() -> !simulator.control("GET", "/state", "").path("instances").isEmpty());
    }

    @Test
    void anUnloadNeedsTheIdentifierOfALoadedInstance() throws Exception {
        load("");
        assertThat(json(simulator.post("/api/v1/models/unload", "{\"instance_id\":\"" + LLAMA + "\"}"))
                        .toString())
                .isEqualTo("{\"instance_id\":\"" + LLAMA + "\"}");
        HttpResponse<String> again = simulator.post("/api/v1/models/unload", "{\"instance_id\":\"" + LLAMA + "\"}");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(json(again).path("error").path("message").asText())
                .isEqualTo("Model with instance identifier '" + LLAMA + "' is not loaded.");
        assertThat(json(simulator.post("/api/v1/models/unload", "{\"instance_id\":7}"))
                        .path("error")
                        .path("param")
                        .asText())
                .isEqualTo("instance_id");
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /v1/models",
        "DELETE, /api/v1/models/load",
        "OPTIONS, /v1/chat/completions",
        "PATCH, /api/v1/chat",
        "BREW, /coffee",
        "GET, /v1/chat/completions",
        "POST, /v1/models/",
        "POST, /v1",
        "GET, /"
    })
    void everythingUnknownIs200WithAnErrorText(String method, String path) throws Exception {
        HttpResponse<String> response = simulator.send(method, path, method.equals("GET") ? "" : "not json");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).toString())
                .isEqualTo("{\"error\":\"Unexpected endpoint or method. (" + method + " " + path + ")\"}");
    }

    @Test
    void aHeadOfAKnownPathIs200WithoutABody() throws Exception {
        HttpResponse<String> response = simulator.send("HEAD", "/v1/models", "");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(simulator.get("/v1/models").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} x", "nope"})
    void aBodyThatIsNoJsonHasTheErrorOfItsApi(String body) throws Exception {
        HttpResponse<String> rest = simulator.post("/api/v1/chat", body);
        assertThat(rest.statusCode()).isEqualTo(400);
        assertThat(json(rest).path("error").toString())
                .isEqualTo(
                        "{\"type\":\"invalid_request\",\"code\":\"invalid_json\",\"message\":\"Invalid body: failed to"
                                + " parse JSON value. Please check the value to ensure it is valid JSON\"}");
        HttpResponse<String> openAi = simulator.post("/v1/chat/completions", body);
        assertThat(openAi.statusCode()).isEqualTo(400);
        assertThat(names(json(openAi).path("error"))).containsExactly("message", "type", "param", "code");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "null", "\"x\""})
    void aBodyThatIsNoObjectIsRefused(String body) throws Exception {
        HttpResponse<String> response = simulator.post("/api/v1/models/load", body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").path("message").asText())
                .isEqualTo("Invalid body: expected a JSON object.");
    }

    @Test
    void aFormIsNoJson() throws Exception {
        assertThat(simulator
                        .post("/v1/chat/completions", "--x--", "Content-Type", "multipart/form-data; boundary=x")
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void theOpenAiListHasAllThatIsDownloadedOrAllThatIsLoaded() throws Exception {
        JsonNode all = json(simulator.get("/v1/models")).path("data");
        assertThat(all).hasSize(8);
        assertThat(all.path(7).toString())
                .isEqualTo("{\"id\":\"" + NOMIC + "\",\"object\":\"model\",\"owned_by\":\"organization_owner\"}");
        simulator.control("POST", "/settings", "{\"jit\":false}");
        assertThat(json(simulator.get("/v1/models")).toString()).isEqualTo("{\"data\":[],\"object\":\"list\"}");
        load("");
        assertThat(json(simulator.get("/v1/models")).path("data")).hasSize(1);
    }

    private interface Fact {
        boolean holds() throws Exception;
    }

    private static void until(Fact fact) throws Exception {
        long end = System.nanoTime() + SECONDS.toNanos(20);
        while (!fact.holds()) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    private HttpResponse<String> load(String fields) throws Exception {
        return simulator.post(
                "/api/v1/models/load", "{\"model\":\"" + LLAMA + "\"" + (fields.isEmpty() ? "" : "," + fields) + "}");
    }

    private JsonNode instance(int model) throws Exception {
        return json(simulator.get("/api/v1/models"))
                .path("models")
                .path(model)
                .path("loaded_instances")
                .path(0);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
