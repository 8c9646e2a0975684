package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.EventStream;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class LifecycleIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String ENSURE = "/bridge/v1/models/ensure";
    private static final String UNLOAD = "/bridge/v1/models/unload";

    private Path folder;
    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path scratch) {
        folder = scratch;
        machine = SimulatedLmStudio.start("--load-time", "100ms");
        bridge = RunningBridge.in(folder).with(machine).start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @BeforeEach
    void nothingIsLoaded() {
        bridge.unloadAll();
        assertThat(machine.state().path("instances")).isEmpty();
    }

    @Test
    void anEnsuredModelIsLoadedVerifiedAndBoundedByTenMinutes() {
        JsonNode first = ensured("{\"model\": \"" + LLAMA + "\"}");
        assertThat(first.path("model").asText()).isEqualTo(LLAMA);
        assertThat(first.path("identifier").asText()).matches(LLAMA + "~\\d+");
        assertThat(first.path("host").asText()).isEqualTo("local");
        assertThat(first.path("alreadyLoaded").asBoolean(true)).isFalse();
        assertThat(first.path("verified").asBoolean()).isTrue();
        assertThat(first.path("ttlSeconds").asLong()).isEqualTo(600);
        assertThat(first.path("attempts").asInt()).isEqualTo(1);
        assertThat(first.path("tookMs").isIntegralNumber()).isTrue();
        assertThat(first.path("warnings")).isEmpty();
        assertThat(Instant.parse(first.path("expiresAt").asText()))
                .isBetween(Instant.now(), Instant.now().plus(Duration.ofSeconds(601)));

        List<JsonNode> rows = ps();
        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().path("identifier")).isEqualTo(first.path("identifier"));
        assertThat(rows.getFirst().path("ttlMs").asLong()).isEqualTo(600_000);

        long loads = machine.lmsCalls("load");
        JsonNode second = ensured("{\"model\": \"" + LLAMA + "\"}");
        assertThat(second.path("alreadyLoaded").asBoolean()).isTrue();
        assertThat(second.path("identifier")).isEqualTo(first.path("identifier"));
        assertThat(machine.lmsCalls("load")).isEqualTo(loads);
        assertThat(lastLoad()).contains("-y", "--ttl", "600", "--identifier", "--host", "--port", LLAMA);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ensure | "keepLoaded": false             | 300
                    load   | "keepLoaded": true              | 600
                    load   | "ttl": 3600                     | 3600
                    ensure | "ttl": "90s"                    | 90
                    ensure | "ttl": "10m", "keepLoaded": false | 600
                    ensure | "ttl": 1                        | 1
                    """)
    void theTtlIsWhatWasAskedFor(String route, String more, long seconds) {
        // An hour to live would end some later test's wait; one second ends before lms looks, which the warnings tell.
        HttpResponse<String> answer =
                bridge.post("/bridge/v1/models/" + route, "{\"model\": \"" + LLAMA + "\", " + more + "}");
        assertThat(lastLoad()).containsSubsequence("--ttl", String.valueOf(seconds));
        if (seconds > 1) {
            JsonNode body = RunningBridge.parse(answer.body());
            assertThat(body.path("ttlSeconds").asLong()).as(answer.body()).isEqualTo(seconds);
            assertThat(ps().getFirst().path("ttlMs").asLong()).isEqualTo(seconds * 1_000);
        }
    }

    @Test
    void aChatLoadsItsModelAndTheAnswerIsTheHostsByteForByte() throws Exception {
        HttpResponse<String> bridged = bridge.post(Chats.PATH, Chats.plain(LLAMA, "count to 20"));
        assertThat(bridged.statusCode()).isEqualTo(200);
        assertThat(Chats.text(bridged.body())).startsWith("1, 2, 3,").endsWith("20.");
        assertThat(bridged.headers().firstValue("X-LM-Bridge-Host")).contains("local");
        assertThat(bridged.headers().firstValue("X-LM-Bridge-Model")).contains(LLAMA);
        assertThat(bridged.headers().firstValue("X-LM-Bridge-Request-Id")).isPresent();
        assertThat(bridged.headers().firstValue("X-LM-Bridge-Simulated"))
                .as("a configured host is a real one to the bridge")
                .isEmpty();

        String identifier = ps().getFirst().path("identifier").asText();
        assertThat(likeDirectly(bridged.body()))
                .isEqualTo(likeDirectly(direct(Chats.plain(identifier, "count to 20"))));
    }

    @Test
    void aStreamedAnswerIsTheHostsByteForByte() throws Exception {
        HttpResponse<String> bridged = bridge.post(Chats.PATH, Chats.streaming(LLAMA, "say: Grüße, 世界 🎉"));
        assertThat(bridged.statusCode()).isEqualTo(200);
        assertThat(bridged.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(bridged.body()).endsWith("data: [DONE]\n\n");

        String identifier = ps().getFirst().path("identifier").asText();
        assertThat(likeDirectly(bridged.body()))
                .isEqualTo(likeDirectly(direct(Chats.streaming(identifier, "say: Grüße, 世界 🎉"))));
        try (EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "say: Grüße, 世界 🎉"))) {
            assertThat(EventStream.textOf(stream.rest())).isEqualTo("Grüße, 世界 🎉");
        }
    }

    @Test
    void whatIsUnloadedIsGone() {
        JsonNode loaded = ensured("{\"model\": \"" + LLAMA + "\"}");
        HttpResponse<String> answer = bridge.post(UNLOAD, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RunningBridge.parse(answer.body()).at("/unloaded/0")).isEqualTo(loaded.path("identifier"));
        assertThat(ps()).isEmpty();
        assertThat(RunningBridge.parse(
                                bridge.get("/bridge/v1/models?state=loaded").body())
                        .path("models"))
                .isEmpty();
    }

    @Test
    void aModelInUseIsUnloadedOnlyByForceAndThenTheStreamEndsWithAnError() {
        try (EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "40000 words"))) {
            stream.awaitText();
            HttpResponse<String> refused = bridge.post(UNLOAD, "{\"model\": \"" + LLAMA + "\"}");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(RunningBridge.parse(refused.body()).path("code").asText())
                    .isEqualTo("model_busy");
            stream.awaitText();

            HttpResponse<String> forced = bridge.post(UNLOAD, "{\"model\": \"" + LLAMA + "\", \"force\": true}");
            assertThat(forced.statusCode()).as(forced.body()).isEqualTo(200);
            List<String> rest = stream.rest();
            assertThat(rest).doesNotContain(EventStream.DONE);
            assertThat(RunningBridge.parse(rest.getLast()).at("/error/message").asText())
                    .isNotBlank();
            assertThat(ps()).isEmpty();
        }
    }

    @Test
    void theListsShowEveryModelWithItsState() {
        ensured("{\"model\": \"" + LLAMA + "\"}");
        JsonNode all =
                RunningBridge.parse(bridge.get("/bridge/v1/models").body()).path("models");
        assertThat(all).hasSize(8);
        assertThat(all)
                .filteredOn(row -> row.path("state").asText().equals("loaded"))
                .hasSize(1);
        JsonNode loaded = RunningBridge.parse(
                        bridge.get("/bridge/v1/models?state=loaded").body())
                .at("/models/0");
        assertThat(loaded.path("model").asText()).isEqualTo(LLAMA);
        assertThat(loaded.path("ttlSeconds").asLong()).isEqualTo(600);
        assertThat(loaded.path("sizeBytes").asLong()).isPositive();
        for (String field : List.of("verifiedAt", "expiresAt", "pinned", "leases", "inFlight", "queued", "foreign")) {
            assertThat(loaded.has(field)).as(field).isTrue();
        }
        assertThat(bridge.get("/bridge/v1/models?state=other").statusCode()).isEqualTo(400);

        JsonNode openAi = RunningBridge.parse(bridge.get("/v1/models").body());
        assertThat(openAi.path("object").asText()).isEqualTo("list");
        assertThat(openAi.path("data")).hasSize(8);
        assertThat(RunningBridge.parse(
                                bridge.get("/v1/models/google/gemma-3-4b").body())
                        .path("id")
                        .asText())
                .isEqualTo("google/gemma-3-4b");
        assertThat(bridge.get("/v1/models/google/gemma").statusCode()).isEqualTo(404);
    }

    @Test
    void aChatAfterTheModelHasExpiredLoadsItAgain() {
        String expired =
                ensured("{\"model\": \"" + LLAMA + "\"}").path("identifier").asText();
        long loads = machine.lmsCalls("load");
        machine.expire(expired);
        HttpResponse<String> answer = bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: still here"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Chats.text(answer.body())).isEqualTo("still here");
        assertThat(machine.lmsCalls("load")).isEqualTo(loads + 1);
        assertThat(ps()).hasSize(1);
        assertThat(ps().getFirst().path("identifier").asText()).isNotEqualTo(expired);
    }

    @Test
    void aChatsOwnTtlBoundsTheLoadAndIsNotSentOn() throws Exception {
        String body = "{\"ttl\": \"2m\", " + Chats.plain(LLAMA, "say: briefly").substring(1);
        HttpResponse<String> answer = bridge.post(Chats.PATH, body);
        assertThat(Chats.text(answer.body())).isEqualTo("briefly");
        assertThat(ps().getFirst().path("ttlMs").asLong()).isEqualTo(120_000);
    }

    @Test
    void aClientThatLeavesEndsItsGeneration() {
        try (EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "40000 words"))) {
            stream.awaitText();
            assertThat(machine.state().path("inFlight").asInt()).isEqualTo(1);
        }
        Waiting.until(
                "the host generates no more",
                () -> machine.state().path("inFlight").asInt() == 0);
        Waiting.until(
                "the model is free again",
                () -> bridge.post(UNLOAD, "{\"model\": \"" + LLAMA + "\"}").statusCode() == 200);
    }

    @Test
    void aDryRunTellsAndDoesNothing() {
        long calls = machine.calls().path("lms").size();
        JsonNode plan = ensured("{\"model\": \"" + LLAMA + "\", \"dryRun\": true}");
        assertThat(plan.path("dryRun").asBoolean()).isTrue();
        assertThat(plan.path("alreadyLoaded").asBoolean(true)).isFalse();
        assertThat(machine.calls().path("lms")).hasSize((int) calls);
        assertThat(machine.state().path("instances")).isEmpty();
    }

    @Test
    void everyLoadIsLoggedWithItsTtlAsJsonInAFile() throws Exception {
        ensured("{\"model\": \"google/gemma-3-4b\", \"ttl\": 1234}");
        try (Stream<Path> files = Files.list(bridge.setup().dataDir().resolve("logs"))) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.toList()) {
                lines.addAll(Files.readAllLines(file));
            }
            assertThat(lines)
                    .map(RunningBridge::parse)
                    .filteredOn(line -> line.path("message").asText().equals("model loading"))
                    .anyMatch(line -> line.path("model").asText().equals("google/gemma-3-4b")
                            && line.path("ttlSeconds").asLong() == 1234);
        }
    }

    @Test
    void theContractDescribesTheRoutes() {
        HttpResponse<String> contract = bridge.get("/openapi.yaml");
        assertThat(contract.statusCode()).isEqualTo(200);
        assertThat(contract.body())
                .contains("/bridge/v1/models/ensure", "/bridge/v1/models/load", "/bridge/v1/models/unload")
                .contains("/v1/chat/completions", "/v1/models", "/health/ready", "/metrics");
    }

    @Test
    void theMetersCountLoadsAndWhatIsLoaded() {
        String attempts = "model_load_attempts_total{model_name=\"qwen/qwen3-4b\",result=\"success\"}";
        double before = bridge.metric(attempts);
        ensured("{\"model\": \"qwen/qwen3-4b\"}");
        assertThat(bridge.metric(attempts)).isEqualTo(before + 1);
        assertThat(bridge.metric("model_load_duration_seconds_count{model_name=\"qwen/qwen3-4b\"}"))
                .isEqualTo(before + 1);
        assertThat(bridge.metric("active_models_count")).isEqualTo(1);
    }

    private JsonNode ensured(String body) {
        HttpResponse<String> answer = bridge.post(ENSURE, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBridge.parse(answer.body());
    }

    /** What the machine itself says, by its command line. */
    private List<JsonNode> ps() {
        Programs.Result result =
                Programs.run(folder, Map.of(), List.of(machine.lms().toString(), "ps", "--json"));
        List<JsonNode> rows = new ArrayList<>();
        RunningBridge.parse(result.out()).forEach(rows::add);
        return rows;
    }

    private List<String> lastLoad() {
        List<String> last = new ArrayList<>();
        for (JsonNode call : machine.calls().path("lms")) {
            if (call.path("argv").path(0).asText().equals("load")) {
                last.clear();
                call.path("argv").forEach(argument -> last.add(argument.asText()));
            }
        }
        return last;
    }

    @Test
    void aPortThatIsTakenIsToldByItsNumber() throws IOException {
        Path second = Files.createDirectories(folder.resolve("second"));
        int port = bridge.url().getPort();

        var started = RunningBridge.in(second).with(machine).run("serve", "--port", Integer.toString(port));

        assertThat(started.code()).isEqualTo(1);
        assertThat(started.err()).contains("port " + port + " on 127.0.0.1 is taken");
    }

    private String direct(String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(machine.url() + Chats.PATH))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    /** Without what differs from answer to answer: its id and its time. */
    private static String likeDirectly(String answer) {
        return answer.replaceAll("chatcmpl-[A-Za-z0-9]+", "chatcmpl-x")
                .replaceAll("\"created\"( ?): ?\\d+", "\"created\":0");
    }
}
