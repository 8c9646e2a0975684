package dev.lmbridge.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.testing.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class DownloadsHttpTest {
    private static final String SMOL = "huggingfacetb/smollm2-135m-instruct";
    private static final String LINK = "https://huggingface.co/lmstudio-community/SmolLM2-135M-Instruct-GGUF";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path home;

    private String url = "";
    private String control = "";

    @BeforeEach
    void start() throws Exception {
        Simulator simulator = new Simulator(0, home, MachineSettings.standard(), InstantSource.system(), machine -> {
            machine.downloads().bytesPerSecond(1_000_000_000);
            return ServerWebSocket::close;
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
    void aDownloadIsAJobThatEndsInTheListOfModels() {
        JsonNode begun = json(download("{\"model\":\"" + SMOL + "\"}"));
        assertThat(begun.fieldNames())
                .toIterable()
                .containsExactly("job_id", "status", "total_size_bytes", "started_at");
        assertThat(begun.path("status").textValue()).isEqualTo("downloading");
        String job = begun.path("job_id").textValue();
        Waiting.until(
                "the job is completed",
                () -> status(job).path("status").asText().equals("completed"));
        JsonNode ended = status(job);
        assertThat(ended.path("downloaded_bytes").longValue()).isEqualTo(105_454_432);
        assertThat(Instant.parse(ended.path("completed_at").textValue()))
                .isAfter(Instant.parse(ended.path("started_at").textValue()));
        assertThat(ended.has("bytes_per_second")).isFalse();
        assertThat(json(send("GET", url + "/api/v1/models", "")).findValuesAsText("key"))
                .contains(SMOL);
        assertThat(json(download("{\"model\":\"" + SMOL + "\"}")))
                .isEqualTo(JSON.createObjectNode().put("status", "already_downloaded"));
    }

    @Test
    void aStalledDownloadShowsWhatHasComeAndNoEnd() {
        send("POST", control + "/faults", "{\"kind\":\"download-stalls\",\"model\":\"smollm2-135m-instruct\"}");
        String job = json(download("{\"model\":\"" + LINK + "\",\"quantization\":\"Q8_0\"}"))
                .path("job_id")
                .textValue();
        Waiting.until(
                "the half has come",
                () -> status(job).path("downloaded_bytes").asLong() == 72_405_680
                        && status(job).path("bytes_per_second").asDouble() == 0);
        assertThat(status(job).path("status").textValue()).isEqualTo("downloading");
        assertThat(status(job).has("estimated_completion")).isFalse();
    }

    @Test
    void aFailedDownloadSaysOnlyThatItFailed() {
        send("POST", control + "/faults", "{\"kind\":\"download-fails\"}");
        String job =
                json(download("{\"model\":\"" + SMOL + "\"}")).path("job_id").textValue();
        Waiting.until(
                "the job has failed", () -> status(job).path("status").asText().equals("failed"));
        assertThat(status(job).fieldNames())
                .toIterable()
                .containsExactly("job_id", "status", "total_size_bytes", "started_at", "downloaded_bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                            | 400 | invalid_request | missing_required_parameter
            {"model":7}                                   | 400 | invalid_request | missing_required_parameter
            {"model":"qwen/qwen3-4b","quantization":"Q8"} | 400 | invalid_request | invalid_value
            {"model":"nobody/nothing"}                    | 404 | model_not_found |
            {"model":"https://huggingface.co/a/b"}        | 404 | model_not_found |
            {"model":"nothing"}                           | 404 | model_not_found |
            """, quoteCharacter = '`')
    void whatCannotBeDownloadedIsATypedError(String body, int status, String type, String code) {
        HttpResponse<String> response = download(body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).path("error").path("type").textValue()).isEqualTo(type);
        assertThat(json(response).path("error").path("code").textValue()).isEqualTo(code);
        assertThat(json(response).path("error").path("message").textValue()).isNotBlank();
    }

    @Test
    void aQuantizationThatTheRepositoryLacksIsNotFound() {
        HttpResponse<String> response = download("{\"model\":\"" + LINK + "\",\"quantization\":\"Q3_K\"}");
        assertThat(response.statusCode()).isEqualTo(404);
    }

    @Test
    void anUnknownJobIsA404OfItsOwnType() {
        HttpResponse<String> response = send("GET", url + "/api/v1/models/download/status/job_x", "");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).path("error").path("type").textValue()).isEqualTo("job_not_found");
        assertThat(json(response).path("error").path("message").textValue())
                .isEqualTo("Download job with id 'job_x' not found");
    }

    private HttpResponse<String> download(String body) {
        return send("POST", url + "/api/v1/models/download", body);
    }

    private JsonNode status(String job) {
        return json(send("GET", url + "/api/v1/models/download/status/" + job, ""));
    }

    private HttpResponse<String> send(String method, String address, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(Duration.ofSeconds(20))
                .method(method, BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString(UTF_8)).join();
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
