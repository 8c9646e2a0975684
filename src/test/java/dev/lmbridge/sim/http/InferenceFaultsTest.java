package dev.lmbridge.sim.http;

import static dev.lmbridge.sim.RunningSim.LLAMA;
import static dev.lmbridge.sim.RunningSim.events;
import static dev.lmbridge.sim.RunningSim.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSim;
import dev.lmbridge.sim.RunningSim.Event;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong on purpose, on each route that lets a language model answer. */
@Timeout(60)
final class InferenceFaultsTest {
    @TempDir
    private Path home;

    private RunningSim sim;

    /** A route, and the end of its streams. */
    enum Route {
        CHAT("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"count to 9\"}]", "[DONE]"),
        TEXT("/v1/completions", "\"prompt\":\"count to 9\"", "[DONE]"),
        RESPONSES("/v1/responses", "\"input\":\"count to 9\"", "\"response.completed\""),
        MESSAGES(
                "/v1/messages",
                "\"max_tokens\":99,\"messages\":[{\"role\":\"user\",\"content\":\"count to 9\"}]",
                "\"message_stop\"");

        private final String path;
        private final String ask;
        private final String end;

        Route(String path, String ask, String end) {
            this.path = path;
            this.ask = ask;
            this.end = end;
        }

        String body(String model, boolean stream) {
            return "{\"model\":\"" + model + "\",\"stream\":" + stream + "," + ask + "}";
        }
    }

    @BeforeEach
    void start() throws Exception {
        sim = new RunningSim(home);
    }

    @AfterEach
    void stop() throws Exception {
        sim.stop();
    }

    @ParameterizedTest
    @EnumSource
    void aStreamTellsAnErrorAfterItsTokens(Route route) throws Exception {
        sim.fault("{\"kind\":\"stream-error\",\"tokens\":2,\"text\":\"boom\"}");
        HttpResponse<String> stream = ask(route, true);
        assertThat(stream.statusCode()).isEqualTo(200);
        List<Event> events = events(stream);
        assertThat(events).anySatisfy(event -> {
            assertThat(event.name()).isEqualTo("error");
            assertThat(event.data().toString()).contains("\"message\":\"boom\"");
        });
        assertThat(stream.body())
                .contains("\"1,\"", "\" 2,\"")
                .doesNotContain("\" 3,\"")
                .doesNotContain(route.end);
        HttpResponse<String> whole = ask(route, false);
        assertThat(whole.statusCode()).isEqualTo(400);
        assertThat(whole.body()).contains("boom");
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyAnswerEndsAsIfNothingWereWrong(Route route) throws Exception {
        sim.fault("{\"kind\":\"stream-empty\"}");
        HttpResponse<String> stream = ask(route, true);
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(stream.body()).contains(route.end).doesNotContain("\"1,\"").doesNotContain("error\":{");
        HttpResponse<String> whole = ask(route, false);
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).doesNotContain("1, 2");
        assertThat(json(whole).path("usage").toString()).containsAnyOf("completion_tokens\":0", "output_tokens\":0");
    }

    @ParameterizedTest
    @EnumSource
    void anUnfinishedStreamLacksItsLastEventAndNothingElse(Route route) throws Exception {
        sim.fault("{\"kind\":\"stream-unfinished\",\"times\":1}");
        String cut = ask(route, true).body();
        String full = ask(route, true).body();
        assertThat(full).contains(route.end);
        assertThat(cut).doesNotContain(route.end).contains("9.");
        int finished = events(full).size();
        assertThat(events(cut)).hasSize(route.end.equals("[DONE]") ? finished : finished - 1);
    }

    @ParameterizedTest
    @EnumSource
    void aCutIsAConnectionThatEnds(Route route) throws Exception {
        sim.fault("{\"kind\":\"stream-cut\",\"tokens\":2}");
        assertThatThrownBy(() -> ask(route, true)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ask(route, false)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anotherModelIsNamedByTextOrFromTheCatalogue(Route route) throws Exception {
        sim.fault("{\"kind\":\"wrong-model\",\"text\":\"gpt-oss-20b\",\"times\":2}");
        assertThat(json(ask(route, false)).path("model").asText()).isEqualTo("gpt-oss-20b");
        assertThat(ask(route, true).body())
                .contains("\"model\":\"gpt-oss-20b\"")
                .doesNotContain(LLAMA);
        sim.fault("{\"kind\":\"wrong-model\",\"times\":1}");
        assertThat(json(ask(route, false)).path("model").asText()).isEqualTo("qwen2.5-7b-instruct");
        assertThat(json(ask(route, false)).path("model").asText()).isEqualTo(LLAMA);
    }

    @ParameterizedTest
    @EnumSource
    void a500ComesBeforeAnyLoad(Route route) throws Exception {
        sim.fault("{\"kind\":\"http-500\",\"text\":\"boom\",\"times\":1}");
        HttpResponse<String> response = ask(route, true);
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(json(response).path("error").asText()).isEqualTo("boom");
        assertThat(sim.control("GET", "/state", "").path("instances")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aResetIsSeenAsOne(Route route) throws Exception {
        sim.fault("{\"kind\":\"http-reset\"}");
        String body = route.body(LLAMA, true);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), sim.url().getPort())) {
            socket.getOutputStream()
                    .write(("POST " + route.path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(UTF_8));
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void embeddingsAreHitToo() throws Exception {
        String path = "/v1/embeddings";
        String body = "{\"model\":\"text-embedding-nomic-embed-text-v1.5\",\"input\":\"a\"}";
        sim.fault("{\"kind\":\"http-reset\",\"times\":1}");
        assertThatThrownBy(() -> sim.post(path, body)).isInstanceOf(IOException.class);
        sim.fault("{\"kind\":\"stream-error\",\"times\":1}");
        assertThat(sim.post(path, body).statusCode()).isEqualTo(400);
        sim.fault("{\"kind\":\"stream-empty\",\"times\":1}");
        assertThat(json(sim.post(path, body)).path("data")).isEmpty();
        sim.fault("{\"kind\":\"wrong-model\",\"text\":\"other\",\"times\":1}");
        assertThat(json(sim.post(path, body)).path("model").asText()).isEqualTo("other");
        sim.fault("{\"kind\":\"stream-cut\",\"times\":1}");
        assertThatThrownBy(() -> sim.post(path, body)).isInstanceOf(IOException.class);
        assertThat(json(sim.post(path, body)).path("data")).hasSize(1);
    }

    @Test
    void aFaultOfAModelHitsItsIdentifiersAndVariantsOnceEach() throws Exception {
        String gemma = "google/gemma-3-4b";
        sim.fault("{\"kind\":\"wrong-model\",\"model\":\"" + gemma + "\",\"text\":\"other\",\"times\":3}");
        assertThat(model(gemma + "@q4_k_m")).isEqualTo("other");
        sim.load(gemma);
        assertThat(model(gemma + ":2")).isEqualTo("other");
        assertThat(model(LLAMA)).isEqualTo(LLAMA);
        assertThat(left()).isEqualTo(1);
        assertThat(model(gemma)).isEqualTo("other");
        assertThat(model(gemma)).isEqualTo(gemma);
    }

    @Test
    void aSlowTokenPaceHoldsForOneRequest() throws Exception {
        sim.fault("{\"kind\":\"slow-tokens\",\"afterMs\":60000,\"times\":1}");
        CompletableFuture<HttpResponse<String>> slow = sim.begin(Route.MESSAGES.path, Route.MESSAGES.body(LLAMA, true));
        sim.awaitQueued(1);
        assertThat(ask(Route.MESSAGES, true).statusCode()).isEqualTo(200);
        assertThat(slow).isNotDone();
        slow.cancel(true);
        sim.awaitQueued(0);
    }

    @Test
    void aClientThatLeavesWhileItsModelLoadsLeavesNothingBehind() throws Exception {
        // Long, so that a slow test does not come too late to see it.
        sim.settings("{\"loadTimeMs\":3000}");
        CompletableFuture<HttpResponse<String>> gone =
                sim.begin(Route.RESPONSES.path, Route.RESPONSES.body(LLAMA, true));
        long until = System.nanoTime() + SECONDS.toNanos(20);
        while (inFlight() != 1) {
            assertThat(System.nanoTime()).isLessThan(until);
        }
        gone.cancel(true);
        while (inFlight() != 0) {
            assertThat(System.nanoTime()).isLessThan(until);
        }
        assertThat(ask(Route.RESPONSES, false).statusCode()).isEqualTo(200);
        assertThat(sim.queued()).isZero();
    }

    private HttpResponse<String> ask(Route route, boolean stream) throws Exception {
        return sim.post(route.path, route.body(LLAMA, stream));
    }

    private String model(String asked) throws Exception {
        return json(sim.post(Route.CHAT.path, Route.CHAT.body(asked, false)))
                .path("model")
                .asText();
    }

    private int left() throws Exception {
        JsonNode faults = sim.control("GET", "/faults", "").path("faults");
        return faults.path(0).path("times").asInt(-1);
    }

    private int inFlight() throws Exception {
        return sim.control("GET", "/state", "").path("inFlight").asInt(-1);
    }
}
