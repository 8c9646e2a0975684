package dev.lmbridge.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.sim.machine.MachineSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class SimulatorTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CompletableFuture<String> socketPath = new CompletableFuture<>();

    @TempDir
    private Path home;

    private String url = "";
    private String control = "";

    @BeforeEach
    void start() throws Exception {
        MachineSettings settings =
                MachineSettings.standard().withLoadTime(Duration.ofMillis(20)).withPace(100_000);
        Simulator simulator = new Simulator(0, home, settings, InstantSource.system(), machine -> socket -> {
            socketPath.complete(socket.path());
            socket.close();
        });
        vertx.deployVerticle(simulator).await(20, SECONDS);
        url = simulator.facts().url();
        control = simulator.facts().control();
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        vertx.close().await(20, SECONDS);
    }

    @Test
    void anUnknownRouteIsAnsweredWith200() throws Exception {
        HttpResponse<String> response = get(url + "/foo");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(response.body()).path("error").asText())
                .isEqualTo("Unexpected endpoint or method. (GET /foo)");
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(response.body().lines().count()).isGreaterThan(1);
    }

    @Test
    void theServerSaysThatItIsLmStudio() throws Exception {
        assertThat(json(get(url + "/lmstudio-greeting")).path("lmstudio").asBoolean())
                .isTrue();
        assertThat(json(get(url + "/lms-status")).path("version").isTextual()).isTrue();
    }

    @Test
    void theListsShowWhatIsLoaded() throws Exception {
        assertThat(json(get(url + "/v1/models")).path("data")).hasSize(8);
        assertThat(json(get(url + "/api/v0/models/" + LLAMA)).path("state").asText())
                .isEqualTo("not-loaded");
        JsonNode loaded = json(post("/api/v1/models/load", "{\"model\":\"" + LLAMA + "\",\"context_length\":8000}"));
        assertThat(loaded.path("instance_id").asText()).isEqualTo(LLAMA);
        assertThat(loaded.path("status").asText()).isEqualTo("loaded");
        JsonNode one = json(get(url + "/api/v0/models/" + LLAMA));
        assertThat(one.path("state").asText()).isEqualTo("loaded");
        assertThat(one.path("loaded_context_length").asInt()).isEqualTo(8000);
        JsonNode instance = json(get(url + "/api/v1/models"))
                .path("models")
                .path(2)
                .path("loaded_instances")
                .path(0);
        assertThat(instance.path("id").asText()).isEqualTo(LLAMA);
        assertThat(instance.path("config").path("context_length").asInt()).isEqualTo(8000);
    }

    @Test
    void anUnloadOfWhatIsNotLoadedIsA404() throws Exception {
        HttpResponse<String> response = post("/api/v1/models/unload", "{\"instance_id\":\"x\"}");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).path("error").path("message").asText())
                .isEqualTo("Model with instance identifier 'x' is not loaded.");
        assertThat(post("/api/v1/models/load", "{\"model\":\"x\"}").statusCode())
                .isEqualTo(404);
        assertThat(json(post("/api/v1/models/load", "{}"))
                        .path("error")
                        .path("code")
                        .asText())
                .isEqualTo("missing_required_parameter");
    }

    @Test
    void aChatIsAnsweredInTheShapeOfOpenAi() throws Exception {
        JsonNode answer = json(chat(LLAMA, "What is 6 * 7?", ""));
        assertThat(answer.path("model").asText()).isEqualTo(LLAMA);
        assertThat(answer.path("system_fingerprint").asText()).isEqualTo("lm-bridge-sim");
        assertThat(answer.path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo("6 * 7 = 42.");
        assertThat(answer.path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("stop");
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void aStreamHasItsRoleItsPiecesItsReasonAndItsEnd() throws Exception {
        List<String> data = data(chat(LLAMA, "count to 3", ",\"stream\":true"));
        assertThat(data).hasSize(6).endsWith("[DONE]");
        assertThat(delta(data.getFirst()).path("role").asText()).isEqualTo("assistant");
        assertThat(data.subList(1, 4))
                .extracting(line -> delta(line).path("content").asText())
                .containsExactly("1,", " 2,", " 3.");
        assertThat(JSON.readTree(data.get(4))
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo("stop");
    }

    @Test
    void theUsagePieceComesOnlyWhenAskedFor() throws Exception {
        List<String> data =
                data(chat(LLAMA, "count to 3", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        JsonNode usage = JSON.readTree(data.get(data.size() - 2));
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.path("usage").path("completion_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void errorsHaveTheTextsOfLmStudio() throws Exception {
        HttpResponse<String> unknown = chat("nope", "x", "");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(json(unknown).path("error").path("code").asText()).isEqualTo("model_not_found");
        assertThat(json(unknown).path("error").path("message").asText())
                .startsWith("Invalid model identifier \"nope\".");
        assertThat(json(chat("llama-3.3-70b-instruct", "x", ""))
                        .path("error")
                        .path("message")
                        .asText())
                .startsWith("Failed to load model \"llama-3.3-70b-instruct\". Error: Model loading was stopped due to"
                        + " insufficient system resources.");
        assertThat(json(chat(LLAMA, "x", ",\"response_format\":{\"type\":\"json_object\"}"))
                        .path("error")
                        .asText())
                .isEqualTo("'response_format.type' must be 'json_schema' or 'text'");
        assertThat(json(post("/v1/chat/completions", "{"))
                        .path("error")
                        .path("code")
                        .asText())
                .isEqualTo("invalid_json");
    }

    @Test
    void embeddingsSayThatTheyCostNothing() throws Exception {
        JsonNode answer = json(
                post("/v1/embeddings", "{\"model\":\"text-embedding-nomic-embed-text-v1.5\",\"input\":[\"a\",\"b\"]}"));
        assertThat(answer.path("data")).hasSize(2);
        assertThat(answer.path("data").path(1).path("embedding")).hasSize(768);
        assertThat(answer.path("usage").path("total_tokens").asInt(-1)).isZero();
    }

    @Test
    void aCompletionHasText() throws Exception {
        JsonNode answer = json(post("/v1/completions", "{\"model\":\"" + LLAMA + "\",\"prompt\":\"count to 3\"}"));
        assertThat(answer.path("object").asText()).isEqualTo("text_completion");
        assertThat(answer.path("choices").path(0).path("text").asText()).isEqualTo("1, 2, 3.");
    }

    @Test
    void faultsComeAndGo() throws Exception {
        assertThat(control("POST", "/faults", "{\"kind\":\"http-500\",\"times\":1}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(chat(LLAMA, "x", "").statusCode()).isEqualTo(500);
        assertThat(chat(LLAMA, "x", "").statusCode()).isEqualTo(200);
        control("POST", "/faults", "{\"kind\":\"stream-cut\",\"tokens\":2}");
        assertThatThrownBy(() -> chat(LLAMA, "count to 30", ",\"stream\":true")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> chat(LLAMA, "count to 30", "")).isInstanceOf(IOException.class);
        assertThat(json(control("GET", "/faults", "")).path("faults")).hasSize(1);
        control("DELETE", "/faults", "");
        assertThat(chat(LLAMA, "x", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aWrongFaultIsRefusedWithTheFix() throws Exception {
        HttpResponse<String> kind = control("POST", "/faults", "{\"kind\":\"nope\"}");
        assertThat(kind.statusCode()).isEqualTo(400);
        assertThat(kind.body()).contains("it must be one of load-hangs");
        assertThat(control("POST", "/faults", "{\"kind\":\"http-500\",\"time\":1}")
                        .body())
                .contains("has no field \\\"time\\\"; there are kind, model, times, text");
        assertThat(control("POST", "/faults", "{\"kind\":\"http-500\",\"times\":0}")
                        .body())
                .contains("\\\"times\\\" must be a whole number from 1");
        assertThat(control("POST", "/faults", "{\"kind\":\"lms-hangs\",\"command\":\"lode\"}")
                        .body())
                .contains("must be a command of lms");
        assertThat(control("POST", "/faults", "{\"kind\":\"load-memory\",\"wording\":\"new\"}")
                        .body())
                .contains("must be one of current, old, nan");
        assertThat(json(control("GET", "/faults", "")).path("faults")).isEmpty();
    }

    @Test
    void aSettingThatIsWrongIsRefusedAndChangesNothing() throws Exception {
        HttpResponse<String> wrong = control("POST", "/settings", "{\"jit\":false,\"tokensPerSecond\":0}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("\\\"tokensPerSecond\\\" must be a number above 0");
        assertThat(json(control("GET", "/settings", "")).path("jit").asBoolean())
                .isTrue();
        assertThat(json(control("POST", "/settings", "{\"jit\":false,\"loadTimeMs\":5}"))
                        .path("loadTimeMs")
                        .asInt())
                .isEqualTo(5);
        assertThat(json(control("POST", "/settings", "{\"loadTimeMs\":null}"))
                        .path("loadTimeMs")
                        .isNull())
                .isTrue();
        assertThat(json(control("GET", "/settings", "")).path("jit").asBoolean())
                .isFalse();
    }

    @Test
    void theControlEndpointKnowsStateAndCalls() throws Exception {
        chat(LLAMA, "x", "");
        chat(LLAMA, "x", "");
        JsonNode state = json(control("GET", "/state", ""));
        assertThat(state.path("instances").path(0).path("jit").asBoolean()).isTrue();
        assertThat(state.path("inFlight").asInt(-1)).isZero();
        JsonNode http = json(control("GET", "/calls", "")).path("http");
        assertThat(http.path("byRoute").path("POST /v1/chat/completions").asInt())
                .isEqualTo(2);
        assertThat(http.path("inference").path(0).path("count").asInt()).isEqualTo(2);
        assertThat(http.path("absentInference").asInt()).isEqualTo(1);
        assertThat(control("POST", "/expire", "{\"identifier\":\"" + LLAMA + "\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(control("GET", "/state", "")).path("instances")).isEmpty();
        assertThat(control("POST", "/expire", "{\"identifier\":\"" + LLAMA + "\"}")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aSlowReaderMakesTheGenerationWaitAndOneThatLeavesEndsIt() throws Exception {
        post("/api/v1/models/load", "{\"model\":\"" + LLAMA + "\",\"context_length\":100000}");
        String body = body(LLAMA, "50000 words", ",\"stream\":true");
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4_096);
            slow.connect(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), URI.create(url).getPort()),
                    20_000);
            slow.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(UTF_8));
            InputStream in = slow.getInputStream();
            assertThat(in.readNBytes(1_000)).hasSize(1_000);
            assertThat(data(chat(LLAMA, "50000 words", ",\"stream\":true"))).hasSizeGreaterThan(50_000);
            assertThat(queued()).isEqualTo(1);
        }
        long until = System.nanoTime() + SECONDS.toNanos(20);
        while (queued() > 0) {
            assertThat(System.nanoTime()).isLessThan(until);
        }
        assertThat(json(control("GET", "/state", "")).path("inFlight").asInt(-1))
                .isZero();
    }

    @Test
    void webSocketsOfThePrivateApiAreHandedOver() throws Exception {
        String address = url.replace("http:", "ws:");
        client.newWebSocketBuilder()
                .buildAsync(URI.create(address + "/llm"), new WebSocket.Listener() {})
                .join();
        assertThat(socketPath.get(20, SECONDS)).isEqualTo("/llm");
        assertThatThrownBy(() -> client.newWebSocketBuilder()
                        .buildAsync(URI.create(address + "/nope"), new WebSocket.Listener() {})
                        .join())
                .isInstanceOf(CompletionException.class);
    }

    private int queued() throws Exception {
        return json(control("GET", "/state", ""))
                .path("instances")
                .path(0)
                .path("queued")
                .asInt(-1);
    }

    private HttpResponse<String> chat(String model, String text, String more) throws Exception {
        return post("/v1/chat/completions", body(model, text, more));
    }

    private static String body(String model, String text, String more) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + more
                + "}";
    }

    private HttpResponse<String> get(String address) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString(UTF_8));
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send("POST", url + path, body);
    }

    private HttpResponse<String> control(String method, String path, String body) throws Exception {
        return send(method, control + path, body);
    }

    private HttpResponse<String> send(String method, String address, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(Duration.ofSeconds(60))
                .method(method, BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString(UTF_8));
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private static List<String> data(HttpResponse<String> response) {
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    private static JsonNode delta(String data) {
        try {
            return JSON.readTree(data).path("choices").path(0).path("delta");
        } catch (IOException e) {
            throw new AssertionError(data, e);
        }
    }
}
