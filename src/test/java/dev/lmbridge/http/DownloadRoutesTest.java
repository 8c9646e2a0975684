package dev.lmbridge.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lmbridge.lms.LmsCall;
import dev.lmbridge.lms.LmsCli;
import dev.lmbridge.lms.LmsCommand;
import dev.lmbridge.lms.LmsDownload;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.lms.LmsProgress;
import dev.lmbridge.testing.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Downloads over HTTP, carried out by a script. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class DownloadRoutesTest {
    private static final String PATH = "/bridge/v1/downloads";

    private final Vertx vertx = Vertx.vertx();
    private final ScriptedGet lms = new ScriptedGet();
    private final ServedModels served = new ServedModels(vertx).downloadingBy(lms);
    private ContractSchemas schemas = new ContractSchemas("{}");

    /** A call of {@code lms get} that does what the test says. */
    private static final class ScriptedCall implements LmsCall {
        private final String model;
        private final LmsProgress progress;
        private final CompletableFuture<LmsOutcome> outcome = new CompletableFuture<>();

        ScriptedCall(String model, LmsProgress progress) {
            this.model = model;
            this.progress = progress;
        }

        void end(int code, String stderr) {
            outcome.complete(new LmsOutcome(LmsOutcome.Ending.EXITED, code, "", stderr, false, Duration.ofSeconds(1)));
        }

        @Override
        public long pid() {
            return 1;
        }

        @Override
        public CompletionStage<LmsOutcome> outcome() {
            return outcome;
        }

        @Override
        public void postpone(Duration fromNow) {}

        @Override
        public void cancel() {
            outcome.complete(new LmsOutcome(LmsOutcome.Ending.CANCELLED, 130, "", "", false, Duration.ofSeconds(1)));
        }
    }

    private static final class ScriptedGet implements LmsCli {
        private final List<ScriptedCall> calls = new CopyOnWriteArrayList<>();

        @Override
        public LmsCall start(LmsCommand command, Duration deadline, LmsProgress progress, String mark) {
            ScriptedCall call = new ScriptedCall(((LmsCommand.Get) command).model(), progress);
            calls.add(call);
            return call;
        }

        ScriptedCall of(String model) {
            Waiting.until("lms get " + model, () -> calls.stream().anyMatch(call -> call.model.equals(model)));
            return calls.stream()
                    .filter(call -> call.model.equals(model))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @BeforeAll
    void start() throws Exception {
        served.start();
        String contract = served.get("/openapi.yaml").body();
        schemas = new ContractSchemas(
                new YAMLMapper().readTree(contract).at("/components/schemas").toString());
    }

    @AfterAll
    void stop() throws Exception {
        served.close();
        vertx.close().await(10, SECONDS);
    }

    @Test
    void aDownloadIsAJobFromTheRequestToItsEnd() throws Exception {
        HttpResponse<String> begun = served.post(PATH, ask("x/one"));
        schemas.check("Download", begun, 202);
        String location = begun.headers().firstValue("Location").orElseThrow();
        lms.of("x/one").progress.downloaded(new LmsDownload(12.5, 1_000, 8_000, 500L));
        Waiting.until("its progress shows", () -> get(location).containsKey("percent"));
        schemas.check("Download", served.get(location), 200);
        assertThat(get(location).getLong("bytesPerSecond")).isEqualTo(500);

        lms.of("x/one").end(0, "Download completed.\n");
        Waiting.until("it is completed", () -> get(location).getString("status").equals("completed"));

        schemas.check("Download", served.get(location), 200);
        schemas.check("DownloadList", served.get(PATH), 200);
        assertThat(get(location).getDouble("percent")).isEqualTo(100);
        assertThat(get(location).containsKey("alreadyDownloaded")).isFalse();
    }

    @Test
    void aFailureIsToldAsAProblemInTheJob() throws Exception {
        String location = begin("x/full");
        lms.of("x/full").end(1, "Error: ENOSPC: no space left on device, write \n");
        Waiting.until("it has failed", () -> get(location).getString("status").equals("failed"));

        schemas.check("Download", served.get(location), 200);
        JsonObject error = get(location).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("upstream_error");
        assertThat(error.getString("reason")).isEqualTo("insufficient_disk");
    }

    @Test
    void aCancelEndsTheProcess() throws Exception {
        String location = begin("x/unwanted");
        lms.of("x/unwanted");
        schemas.check("Download", served.post(location + "/cancel", new JsonObject()), 202);
        Waiting.until("it is cancelled", () -> get(location).getString("status").equals("cancelled"));
        schemas.check("Download", served.get(location), 200);
        assertThat(get(location).containsKey("error")).isFalse();
    }

    @Test
    void whatIsThereAlreadyHasNoJobInLmStudiosShape() throws Exception {
        var answer = CompletableFuture.supplyAsync(() -> post("/api/v1/models/download", "x/there"));
        lms.of("x/there").end(0, "Model already downloaded. To use, run: lms load x/there\n");

        schemas.check("NativeDownload", answer.get(20, SECONDS), 200);
        assertThat(new JsonObject(answer.get().body()).getMap()).containsOnlyKeys("status");
    }

    @Test
    void lmStudiosOwnRoutesTellSizeAndProgress() throws Exception {
        var answer = CompletableFuture.supplyAsync(() -> post("/api/v1/models/download", "x/native"));
        lms.of("x/native").progress.downloaded(new LmsDownload(50, 4_000, 8_000, 500L));
        schemas.check("NativeDownload", answer.get(20, SECONDS), 200);
        JsonObject job = new JsonObject(answer.get().body());
        assertThat(job.getString("status")).isEqualTo("downloading");
        assertThat(job.getLong("total_size_bytes")).isEqualTo(8_000);

        String status = "/api/v1/models/download/status/" + job.getString("job_id");
        schemas.check("NativeDownload", served.get(status), 200);
        assertThat(get(status).getLong("downloaded_bytes")).isEqualTo(4_000);
        lms.of("x/native").end(0, "Download completed.\n");
        Waiting.until("it is completed", () -> get(status).getString("status").equals("completed"));
        schemas.check("NativeDownload", served.get(status), 200);
    }

    @Test
    void anUnknownModelIsRefusedInLmStudiosOwnRoute() throws Exception {
        var answer = CompletableFuture.supplyAsync(() -> post("/api/v1/models/download", "x/none"));
        lms.of("x/none").end(1, "Error: Failed to resolve artifact \"x/none\": The artifact does not exist\n");

        assertThat(answer.get(20, SECONDS).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsMalformedNeverReachesLms() throws Exception {
        int before = lms.calls.size();
        schemas.check("Problem", served.post(PATH, ask("--select")), 400);
        schemas.check("Problem", served.post(PATH, ask("term")), 400);
        schemas.check("Problem", served.post(PATH, ask("x/y").put("host", "nowhere")), 400);
        schemas.check("Problem", served.post(PATH, new JsonObject()), 400);
        schemas.check("Problem", served.get(PATH + "/nobody"), 404);
        schemas.check("Problem", served.post(PATH + "/nobody/cancel", new JsonObject()), 404);
        assertThat(served.get("/api/v1/models/download/status/nobody").statusCode())
                .isEqualTo(404);
        assertThat(lms.calls).hasSize(before);
    }

    private String begin(String model) throws Exception {
        return served.post(PATH, ask(model)).headers().firstValue("Location").orElseThrow();
    }

    private JsonObject get(String path) {
        try {
            return new JsonObject(served.get(path).body());
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private HttpResponse<String> post(String path, String model) {
        try {
            return served.post(path, ask(model));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static JsonObject ask(String model) {
        return new JsonObject().put("model", model);
    }
}
