package dev.lmbridge.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.events.EventLog;
import dev.lmbridge.events.News;
import dev.lmbridge.events.Topics;
import dev.lmbridge.testing.SocketClient;
import dev.lmbridge.testing.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class EventSocketTest {
    private static final String QWEN = "qwen/qwen3-4b";

    private final Vertx vertx = Vertx.vertx();
    private final ServedModels served = new ServedModels(vertx);

    @BeforeAll
    void start() throws Exception {
        served.start(Map.of("http.deadlines.clientStalled", "1s"));
    }

    @AfterAll
    void stop() throws Exception {
        served.close();
        vertx.close().await(10, SECONDS);
    }

    private SocketClient open() {
        SocketClient client = SocketClient.open(url());
        JsonNode hello = client.next();
        assertThat(hello.path("type").textValue()).isEqualTo("hello");
        assertThat(hello.path("protocol").intValue()).isEqualTo(1);
        assertThat(hello.path("node").textValue()).isEqualTo("node-1");
        return client;
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + served.port());
    }

    private static String subscribe(String id, String... topics) {
        return new JsonObject()
                .put("type", "subscribe")
                .put("id", id)
                .put("topics", new JsonArray(List.of(topics)))
                .encode();
    }

    private static String after(String id, String cursor, String... topics) {
        return new JsonObject(subscribe(id, topics)).put("after", cursor).encode();
    }

    private void happens(String topic, String event) {
        served.eventLog().append(News.of(topic, event).with("host", "local"));
    }

    private static void isError(JsonNode frame, String code) {
        assertThat(frame.path("type").textValue()).as(frame.toString()).isEqualTo("error");
        assertThat(frame.path("code").textValue()).isEqualTo(code);
        assertThat(frame.path("detail").textValue()).isNotEmpty();
    }

    @Test
    void aSubscriptionIsAnsweredByASnapshotAndThenEvents() {
        try (SocketClient client = open()) {
            JsonNode snapshot = client.ask("1", subscribe("1", "models", "queue", "breakers", "hosts", "runs"));
            assertThat(snapshot.path("type").textValue()).isEqualTo("snapshot");
            assertThat(snapshot.path("models").toString()).contains(ServedModels.LLAMA + "~1");
            assertThat(snapshot.path("hosts").path(0).path("reach").textValue()).isEqualTo("up");
            assertThat(snapshot.path("breakers").path(0).path("state").textValue())
                    .isEqualTo("closed");
            assertThat(snapshot.path("queue").isArray()).isTrue();
            assertThat(snapshot.path("runs").isArray()).isTrue();
            assertThat(snapshot.path("cursor").textValue()).isNotEmpty();

            happens(Topics.HOSTS, "host.tested");
            JsonNode event = client.until(
                            frame -> frame.path("event").asText("").equals("host.tested"))
                    .getLast();
            assertThat(event.path("type").textValue()).isEqualTo("event");
            assertThat(event.path("topic").textValue()).isEqualTo("hosts");
            assertThat(event.path("host").textValue()).isEqualTo("local");
            assertThat(event.path("cursor").textValue())
                    .isNotEqualTo(snapshot.path("cursor").textValue());
        }
    }

    @Test
    void anEnsureIsAnsweredLikeOverHttp() {
        try (SocketClient client = open()) {
            JsonNode answer = client.ask("e", "{\"type\":\"ensure\",\"id\":\"e\",\"model\":\"small\"}");
            assertThat(answer.path("type").textValue()).isEqualTo("result");
            assertThat(answer.path("identifier").textValue()).isEqualTo(ServedModels.LLAMA + "~1");
            assertThat(answer.path("alreadyLoaded").booleanValue()).isTrue();
            assertThat(answer.path("requestId").textValue()).isNotEmpty();
        }
    }

    @Test
    void aFailureIsAProblemThatNamesItsFrame() {
        try (SocketClient client = open()) {
            isError(
                    client.ask("1", "{\"type\":\"ensure\",\"id\":\"1\",\"model\":\"no-such-model\"}"),
                    "model_not_found");
            JsonNode faults = client.ask("2", "{\"type\":\"ensure\",\"id\":\"2\",\"ttl\":0,\"speed\":1}");
            isError(faults, "invalid_request");
            assertThat(faults.path("errors")).hasSize(2);
            isError(client.ask("3", "{\"type\":\"unload\",\"id\":\"3\"}"), "invalid_request");
            isError(client.ask("4", "{\"type\":\"run.start\",\"id\":\"4\",\"task\":\"x\"}"), "not_found");
            isError(client.ask("5", "{\"type\":\"run.cancel\",\"id\":5,\"run\":\"x\"}"), "not_found");
        }
    }

    @Test
    void aLoadIsFollowedToItsEnd() {
        try (SocketClient client = open()) {
            client.ask("s", subscribe("s", "models"));
            client.send("{\"type\":\"ensure\",\"id\":\"e\",\"model\":\"" + QWEN + "\"}");
            List<JsonNode> frames =
                    client.until(frame -> frame.path("re").asText("").equals("e"));
            isError(frames.getLast(), "lms_not_installed");
            assertThat(frames)
                    .filteredOn(frame -> frame.path("model").asText("").equals(QWEN))
                    .extracting(frame -> frame.path("event").textValue())
                    .startsWith("model.queued");
        }
    }

    @Test
    void framesThatCannotBeReadAreAnsweredAndTheConnectionGoesOn() {
        try (SocketClient client = open()) {
            for (String bad : List.of(
                    "",
                    "no json",
                    "[]",
                    "{\"id\":\"1\",\"id\":\"2\"}",
                    "[".repeat(60_000),
                    "{}",
                    "{\"type\":\"ping\"}",
                    "{\"type\":\"ping\",\"id\":null}",
                    "{\"type\":\"ping\",\"id\":{}}",
                    "{\"type\":\"ping\",\"id\":\"" + "x".repeat(129) + "\"}")) {
                client.send(bad);
                JsonNode answer = client.next();
                isError(answer, "invalid_request");
                assertThat(answer.path("re").isNull()).isTrue();
            }
            for (String bad : List.of(
                    "{\"id\":\"1\"}",
                    "{\"id\":\"1\",\"type\":\"dance\"}",
                    "{\"id\":\"1\",\"type\":7}",
                    "{\"id\":\"1\",\"type\":\"subscribe\"}",
                    "{\"id\":\"1\",\"type\":\"subscribe\",\"topics\":[]}",
                    "{\"id\":\"1\",\"type\":\"subscribe\",\"topics\":\"models\"}",
                    "{\"id\":\"1\",\"type\":\"subscribe\",\"topics\":[1]}",
                    "{\"id\":\"1\",\"type\":\"subscribe\",\"topics\":[\"moles\"]}",
                    "{\"id\":\"1\",\"type\":\"subscribe\",\"topics\":[\"models\"],\"after\":3}",
                    "{\"id\":\"1\",\"type\":\"subscribe\",\"topics\":[\"models\"],\"before\":3}",
                    "{\"id\":\"1\",\"type\":\"unsubscribe\"}")) {
                isError(client.ask("1", bad), "invalid_request");
            }
            isError(client.ask("2", subscribe("2", "runs/no-such-run")), "not_found");
            assertThat(client.ask("7", "{\"type\":\"ping\",\"id\":7}")
                            .path("type")
                            .textValue())
                    .isEqualTo("pong");
        }
    }

    @Test
    void tenThousandSubscriptionsAreRefusedOrAreOne() {
        try (SocketClient client = open()) {
            String[] many =
                    IntStream.range(0, 10_000).mapToObj(each -> "t" + each).toArray(String[]::new);
            isError(client.ask("1", subscribe("1", many)), "invalid_request");
            for (int each = 0; each < 200; each++) {
                client.send(subscribe("s", "hosts"));
            }
            client.send("{\"type\":\"ping\",\"id\":\"p\"}");
            client.answerTo("p");
            happens(Topics.HOSTS, "host.once");
            client.send("{\"type\":\"unsubscribe\",\"id\":\"u\",\"topics\":[\"hosts\",\"models\"]}");
            assertThat(client.until(frame -> frame.path("re").asText("").equals("u")))
                    .extracting(frame -> frame.path("event").asText(""))
                    .containsOnlyOnce("host.once");
            happens(Topics.HOSTS, "host.unheard");
            client.send("{\"type\":\"ping\",\"id\":\"q\"}");
            assertThat(client.next().path("type").textValue()).isEqualTo("pong");
        }
    }

    @Test
    void binaryIsRefusedAndClosed() {
        try (SocketClient client = open()) {
            client.raw().sendBinary(ByteBuffer.allocate(10), true).join();
            isError(client.next(), "invalid_request");
            assertThat(client.closeCode()).isEqualTo(1003);
        }
    }

    @Test
    void aFrameOfTenMegabytesIsRefused() {
        try (SocketClient client = open()) {
            client.raw().sendText("x".repeat(10 << 20), true).exceptionally(cut -> client.raw());
            assertThat(client.closeCode()).isEqualTo(1009);
        }
        assertThat(served.eventLog()).isNotNull();
        try (SocketClient after = open()) {
            assertThat(after.ask("1", "{\"type\":\"ping\",\"id\":1}")
                            .path("type")
                            .textValue())
                    .isEqualTo("pong");
        }
    }

    @Test
    void aMessageOfTenMegabytesInSmallFramesIsRefused() {
        try (SocketClient client = open()) {
            String piece = "x".repeat(16 << 10);
            try {
                for (int each = 0; each < 640; each++) {
                    client.raw().sendText(piece, false).join();
                }
            } catch (RuntimeException cut) {
                assertThat(cut).isNotNull();
            }
            assertThat(client.closeCode()).isEqualTo(1009);
        }
    }

    @Test
    void whoComesBackGetsWhatItMissed() {
        String cursor;
        try (SocketClient client = open()) {
            cursor = client.ask("1", subscribe("1", "breakers")).path("cursor").textValue();
        }
        happens(Topics.BREAKERS, "breaker.one");
        happens(Topics.HOSTS, "host.other");
        happens(Topics.BREAKERS, "breaker.two");
        try (SocketClient client = open()) {
            JsonNode answer = client.ask("2", after("2", cursor, "breakers"));
            assertThat(answer.path("type").textValue()).isEqualTo("subscribed");
            assertThat(client.next().path("event").textValue()).isEqualTo("breaker.one");
            assertThat(client.next().path("event").textValue()).isEqualTo("breaker.two");
        }
    }

    @Test
    void whoComesBackTooLateOrFromAnotherRunGetsAGapAndASnapshot() {
        String old = served.eventLog().cursor(served.eventLog().last());
        for (int each = 0; each <= EventLog.CAPACITY; each++) {
            happens(Topics.RUNS, "run.round");
        }
        for (String cursor : List.of(old, "0123456789ab.3", "", "nonsense")) {
            try (SocketClient client = open()) {
                client.send(after("1", cursor, "hosts"));
                JsonNode gap = client.next();
                assertThat(gap.path("type").textValue()).isEqualTo("gap");
                assertThat(gap.path("re").textValue()).isEqualTo("1");
                JsonNode snapshot = client.next();
                assertThat(snapshot.path("type").textValue()).isEqualTo("snapshot");
                assertThat(snapshot.path("hosts")).hasSize(1);
            }
        }
    }

    @Test
    void aReaderThatTakesNothingIsToldAndCut() {
        try (SocketClient client = SocketClient.openWithoutReading(url())) {
            client.send(subscribe("1", "runs"));
            News news = News.of(Topics.RUNS, "run.round").with("detail", "x".repeat(600));
            try (SocketClient witness = open()) {
                witness.ask("1", subscribe("1", "runs"));
                // More than any kernel takes for a reader that does not read, at a pace that another one keeps.
                for (int each = 0; each < 30_000; each++) {
                    served.eventLog().append(news);
                    if (each % 1_000 == 999) {
                        String last = served.eventLog().cursor(served.eventLog().last());
                        witness.until(frame -> frame.path("cursor").asText("").equals(last));
                    }
                }
                assertThat(witness.ask("2", "{\"type\":\"ping\",\"id\":\"2\"}")
                                .path("type")
                                .textValue())
                        .isEqualTo("pong");
            }
            client.read();
            JsonNode told = client.until(frame -> frame.path("type").asText("").equals("error"))
                    .getLast();
            isError(told, "queue_full");
            assertThat(told.path("detail").textValue()).contains("too slow");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void aForeignPageAndAForeignHostAreRefusedBeforeTheUpgrade() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest plain =
                    HttpRequest.newBuilder(url().resolve("/bridge/v1/ws")).GET().build();
            HttpResponse<String> noUpgrade = http.send(plain, HttpResponse.BodyHandlers.ofString());
            assertThat(noUpgrade.statusCode()).isEqualTo(400);
            assertThat(new JsonObject(noUpgrade.body()).getString("code")).isEqualTo("invalid_request");
            URI socket = URI.create("ws://127.0.0.1:" + served.port() + "/bridge/v1/ws");
            assertThat(http.newWebSocketBuilder()
                            .header("Origin", "https://evil.example")
                            .buildAsync(socket, new WebSocket.Listener() {}))
                    .failsWithin(Waiting.BOUND)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            refused -> assertThat(refused.getResponse().statusCode())
                                    .isEqualTo(403));
        }
    }
}
