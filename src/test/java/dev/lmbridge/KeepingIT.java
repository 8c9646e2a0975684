package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long models stay, with real processes and short times. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class KeepingIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String LEASES = "/bridge/v1/leases";
    private static final String MODELS = "/bridge/v1/models/";
    private static final Duration SOON = Duration.ofSeconds(40);

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path folder) {
        machine = SimulatedLmStudio.start("--load-time", "50ms");
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
    }

    private JsonNode post(String path, String body, int status) {
        HttpResponse<String> answer = bridge.post(path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return RunningBridge.parse(answer.body());
    }

    private JsonNode ensure(int ttl) {
        return post(MODELS + "ensure", "{\"model\": \"" + LLAMA + "\", \"ttl\": " + ttl + "}", 200);
    }

    private void chat(int ttl) {
        post(
                "/v1/chat/completions",
                "{\"model\": \"" + LLAMA + "\", \"ttl\": " + ttl
                        + ", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}",
                200);
    }

    private JsonNode row() {
        JsonNode rows = RunningBridge.parse(
                        bridge.get("/bridge/v1/models?state=loaded").body())
                .path("models");
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private boolean isLoaded() {
        return !machine.state().path("instances").isEmpty();
    }

    @Test
    void aRequestWithAShorterTtlLetsTheModelGoBeforeTheHostWould() {
        ensure(600);
        chat(6);
        assertThat(row().path("ttlSeconds").asInt()).isEqualTo(6);
        assertThat(Instant.parse(row().path("expiresAt").asText()))
                .isBefore(Instant.now().plusSeconds(7));
        long unloads = machine.lmsCalls("unload");

        Waiting.until("the model is let go", SOON, () -> !isLoaded());

        assertThat(machine.lmsCalls("unload")).isEqualTo(unloads + 1);
    }

    @Test
    void aLeasedModelOutlivesTheTtlOfTheHost() {
        String identifier = ensure(8).path("identifier").asText();
        JsonNode lease = post(LEASES, "{\"model\": \"" + LLAMA + "\", \"owner\": \"test\", \"ttl\": 60}", 201);
        assertThat(lease.path("host").asText()).isEqualTo("local");
        double rearms = rearms();

        Waiting.until("it is re-armed twice, each time for 8 s", SOON, () -> rearms() >= rearms + 2);

        assertThat(row().path("identifier").asText()).isEqualTo(identifier);
        assertThat(row().path("leases").asInt()).isEqualTo(1);
        JsonNode busy = post(MODELS + "unload", "{\"model\": \"" + LLAMA + "\"}", 409);
        assertThat(busy.path("detail").asText()).contains("lease");
        HttpResponse<String> released = bridge.send(HttpRequest.newBuilder(URI.create(
                        bridge.url() + LEASES + "/" + lease.path("id").asText()))
                .DELETE());
        assertThat(released.statusCode()).isEqualTo(204);
        Waiting.until("the model is let go", SOON, () -> !isLoaded());
    }

    private double rearms() {
        return bridge.get("/metrics").body().contains("lm_bridge_rearms_total{result=\"success\"}")
                ? bridge.metric("lm_bridge_rearms_total{result=\"success\"}")
                : 0;
    }

    @Test
    void aLeaseLoadsItsModelForTheLongestTime() {
        JsonNode lease = post(LEASES, "{\"model\": \"" + LLAMA + "\", \"owner\": \"test\", \"ttl\": \"20m\"}", 201);
        assertThat(lease.path("loaded").asBoolean(true)).isFalse();
        Waiting.until("the model is loaded", SOON, () -> isLoaded());
        Waiting.until(
                "the bridge knows",
                SOON,
                () -> RunningBridge.parse(bridge.get(LEASES).body())
                        .path("leases")
                        .path(0)
                        .path("loaded")
                        .asBoolean());
        assertThat(row().path("expiresAt").asText())
                .isEqualTo(lease.path("expiresAt").asText());
        assertThat(bridge.send(HttpRequest.newBuilder(URI.create(bridge.url() + LEASES + "/"
                                        + lease.path("id").asText()))
                                .DELETE())
                        .statusCode())
                .isEqualTo(204);
    }

    @Test
    void aPinSurvivesARestartAndIsTakenAway(@TempDir Path folder) {
        // A machine of its own: what another bridge loads would be in the way of the other tests.
        try (SimulatedLmStudio own = SimulatedLmStudio.start("--load-time", "50ms")) {
            RunningBridge.Setup setup = RunningBridge.in(folder).with(own);
            try (RunningBridge first = setup.start()) {
                HttpResponse<String> pinned = first.post(MODELS + "pin", "{\"model\": \"" + LLAMA + "\"}");
                assertThat(pinned.statusCode()).as(pinned.body()).isEqualTo(200);
                assertThat(RunningBridge.parse(pinned.body()).path("warnings")).isEmpty();
                Waiting.until(
                        "the model is loaded, and known to be",
                        SOON,
                        () -> first.get("/bridge/v1/models?state=loaded").body().contains(LLAMA));
            }
            own.state()
                    .path("instances")
                    .forEach(one -> own.expire(one.path("identifier").asText()));
            try (RunningBridge second = setup.start()) {
                Waiting.until(
                        "the model is loaded again",
                        SOON,
                        () -> !own.state().path("instances").isEmpty());
                assertThat(second.post(MODELS + "unpin", "{\"model\": \"" + LLAMA + "\"}")
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }
}
