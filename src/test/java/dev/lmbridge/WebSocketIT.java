package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.EventStream;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.SocketClient;
import dev.lmbridge.testing.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live events, requests under way and hosts out of use, of the whole service. */
@Timeout(180)
final class WebSocketIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String GEMMA = "google/gemma-3-4b";
    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"id\":\"s\",\"topics\":[\"models\"]";

    private static boolean isEvent(JsonNode frame, String name) {
        return frame.path("event").asText("").equals(name);
    }

    @Test
    void aLoadIsFollowedAndWhatWasMissedIsMadeUpForUntilARestart(@TempDir Path scratch) {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "500ms")) {
            RunningBridge.Setup setup = RunningBridge.in(scratch).with(machine);
            String verified;
            String queued;
            try (RunningBridge bridge = setup.start()) {
                try (SocketClient client = SocketClient.open(bridge.url())) {
                    assertThat(client.next().path("type").textValue()).isEqualTo("hello");
                    client.ask("s", SUBSCRIBE + "}");
                    client.send("{\"type\":\"ensure\",\"id\":\"e\",\"model\":\"" + LLAMA + "\"}");
                    List<JsonNode> frames =
                            client.until(frame -> frame.path("re").asText("").equals("e"));
                    assertThat(frames)
                            .extracting(frame -> frame.path("event").asText(""))
                            .containsSubsequence("model.queued", "model.loading", "model.loaded", "model.verified");
                    assertThat(frames.getLast().path("verified").booleanValue()).isTrue();
                    queued = cursorOf(frames, "model.queued");
                    verified = cursorOf(frames, "model.verified");
                }
                try (SocketClient again = SocketClient.open(bridge.url())) {
                    JsonNode answer = again.ask("s", SUBSCRIBE + ",\"after\":\"" + queued + "\"}");
                    assertThat(answer.path("type").textValue()).isEqualTo("subscribed");
                    List<JsonNode> missed = again.until(frame -> isEvent(frame, "model.verified"));
                    assertThat(missed.getFirst().path("event").textValue()).isEqualTo("model.loading");
                    assertThat(missed.getLast().path("cursor").textValue()).isEqualTo(verified);
                }
                bridge.kill9();
            }
            try (RunningBridge restarted = setup.start();
                    SocketClient client = SocketClient.open(restarted.url())) {
                client.next();
                client.send(SUBSCRIBE + ",\"after\":\"" + verified + "\"}");
                assertThat(client.next().path("type").textValue()).isEqualTo("gap");
                assertThat(client.next().path("models").toString()).contains(LLAMA + "~1");
            }
        }
    }

    private static String cursorOf(List<JsonNode> frames, String event) {
        return frames.stream()
                .filter(frame -> isEvent(frame, event))
                .findFirst()
                .orElseThrow()
                .path("cursor")
                .textValue();
    }

    @Test
    void aStreamThatIsCancelledEndsInAnErrorAndTheHostStops(@TempDir Path scratch) {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "100ms", "--pace", "2");
                RunningBridge bridge = RunningBridge.in(scratch).with(machine).start();
                EventStream answer = bridge.stream(
                        "/v1/chat/completions",
                        "{\"model\":\"" + LLAMA
                                + "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":"
                                + "\"Count from 1 to 40, one number per line\"}]}")) {
            answer.awaitText();
            String id = answer.headers().firstValue("X-LM-Bridge-Request-Id").orElseThrow();
            JsonNode row = RunningBridge.parse(bridge.get("/bridge/v1/requests").body())
                    .at("/requests/0");
            assertThat(row.path("id").textValue()).isEqualTo(id);
            assertThat(row.path("state").textValue()).isEqualTo("streaming");
            assertThat(bridge.post("/bridge/v1/requests/" + id + "/cancel", "{}")
                            .statusCode())
                    .isEqualTo(202);
            List<String> rest = answer.rest();
            assertThat(RunningBridge.parse(rest.getLast()).at("/error/code").textValue())
                    .isEqualTo("conflict");
            Waiting.until(
                    "the host has stopped",
                    () -> machine.state().path("inFlight").asInt(-1) == 0);
        }
    }

    @Test
    void aRequestUnderWayIsListedAndCancelledAndADrainedHostTakesNothingNew(@TempDir Path scratch) throws Exception {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "60s");
                RunningBridge bridge = RunningBridge.in(scratch).with(machine).start();
                SocketClient client = SocketClient.open(bridge.url())) {
            client.ask("s", SUBSCRIBE + "}");
            CompletableFuture<HttpResponse<String>> answer = bridge.postAsync(
                    "/v1/chat/completions",
                    "{\"model\":\"" + GEMMA + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
            client.until(frame -> isEvent(frame, "model.loading"));
            JsonNode rows = RunningBridge.parse(
                            bridge.get("/bridge/v1/requests").body())
                    .path("requests");
            assertThat(rows).hasSize(1);
            JsonNode row = rows.path(0);
            assertThat(row.path("state").textValue()).isEqualTo("loading");
            assertThat(row.path("model").textValue()).isEqualTo(GEMMA);
            assertThat(row.path("position").intValue()).isZero();

            String cancel = "/bridge/v1/requests/" + row.path("id").textValue() + "/cancel";
            assertThat(bridge.post(cancel, "{}").statusCode()).isEqualTo(202);
            HttpResponse<String> ended = answer.get();
            assertThat(ended.statusCode()).isEqualTo(409);
            assertThat(RunningBridge.parse(ended.body()).at("/error/code").textValue())
                    .isEqualTo("conflict");
            // The answer is sent before the request is over, so that a stop waits for it.
            Waiting.until(
                    "the request is not known any more",
                    () -> bridge.post(cancel, "{}").statusCode() == 404);

            assertThat(bridge.post("/bridge/v1/hosts/local/drain", "{}").statusCode())
                    .isEqualTo(200);
            HttpResponse<String> refused =
                    bridge.post("/bridge/v1/models/ensure", "{\"model\":\"" + LLAMA + "\",\"waitMs\":1}");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("host_unavailable").contains("drained");
            assertThat(bridge.post("/bridge/v1/hosts/local/resume", "{}").statusCode())
                    .isEqualTo(200);
            assertThat(bridge.post("/bridge/v1/models/ensure", "{\"model\":\"" + LLAMA + "\",\"waitMs\":1}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
