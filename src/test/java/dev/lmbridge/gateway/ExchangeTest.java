package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lmbridge.gateway.ScriptedBackend.Got;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ExchangeTest {
    private static final String WHOLE = "{\"model\":\"m\", \"ttl\":5, \"n\":1.0}";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true}";
    private static final String EVENT = "data: {\"model\":\"m~1\",\"x\":\"é\"}\n\n";
    private static final String GONE = "{\"error\":{\"message\":\"Invalid model identifier \\\"m~1\\\".\"}}";

    private final ScriptedBackend backend = new ScriptedBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void answerComesBackByteForByte() {
        String answer = "{ \"model\":\"m~1\",  \"x\":1.50 }\n";
        backend.thenAnswers(200, answer);

        Got got = backend.ask(WHOLE);

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(answer);
        assertThat(got.headers()).containsEntry("X-LM-Bridge-Host", "local").containsEntry("X-LM-Bridge-Model", "m");
        assertThat(backend.forwarded.getFirst().encode()).isEqualTo("{\"model\":\"m~1\",\"n\":1.0}");
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void streamComesBackByteForByte() {
        String events = ": hello\n\n" + EVENT + "data: [DONE]\n\n";
        backend.thenStreams(events);

        Got got = backend.ask(STREAM);

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(events);
        assertThat(got.headers().get("Content-Type")).startsWith("text/event-stream");
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void streamThatEndsWithoutDoneEndsWithAnErrorEvent() {
        backend.thenStreams(EVENT);

        assertThat(backend.ask(STREAM).body()).isEqualTo(EVENT + "data: failed upstream_error\n\n");
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event: error\ndata: {\"error\":{\"message\":\"Oh.\"}}\n\n",
                "data: {\"error\":\"Oh.\"}\n\n",
                "event: error\ndata: {}"
            })
    void errorEventOfTheHostIsToldInTheClientsDialect(String event) {
        backend.thenStreams(EVENT + event);

        assertThat(backend.ask(STREAM).body()).isEqualTo(EVENT + "data: failed upstream_error\n\n");
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
        assertThat(backend.registry.find("lm_bridge_request").timers())
                .extracting(timer -> timer.getId().getTag("outcome"))
                .containsExactly("upstream_error");
    }

    @Test
    void errorEventThatComesInPiecesIsToldInTheClientsDialect() {
        backend.then(request -> {
            var response = request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
            response.write(EVENT);
            response.write("event: error\n");
            response.write("data: {\"error\":{\"message\":\"Context size has been exceeded\"}}\n")
                    .onComplete(written -> response.end("\n"));
        });

        assertThat(backend.ask(STREAM).body()).isEqualTo(EVENT + "data: failed context_length_exceeded\n\n");
    }

    @Test
    void streamThatIsCutEndsWithAnErrorEvent() {
        backend.then(request -> {
            var response = request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
            response.write(EVENT).onComplete(written -> request.connection().close());
        });

        assertThat(backend.ask(STREAM).body()).isEqualTo(EVENT + "data: failed upstream_error\n\n");
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void connectionThatBreaksBeforeTheAnswerIsNotTriedAgain() {
        backend.then(request -> request.connection().close());

        Got got = backend.ask(WHOLE);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.body()).isEqualTo("upstream_error");
        assertThat(backend.forwarded).hasSize(1);
    }

    @Test
    void answerOfAnotherModelIsThrownAway() {
        backend.thenAnswers(200, "{\"model\":\"other\"}");
        assertThat(backend.ask(WHOLE)).satisfies(got -> {
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body()).isEqualTo("wrong_model");
        });

        backend.thenStreams("data: {\"model\":\"other\"}\n\ndata: [DONE]\n\n");
        assertThat(backend.ask(STREAM)).satisfies(got -> {
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body()).isEqualTo("wrong_model");
        });
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 402, 409, 422})
    void refusalOfTheHostKeepsItsStatus(int status) {
        backend.thenAnswers(status, "{\"error\":\"No such option.\"}");

        Got got = backend.ask(WHOLE);

        assertThat(got.status()).isEqualTo(status);
        assertThat(got.body()).isEqualTo("invalid_request");
    }

    @Test
    void errorWithStatus200IsAnError() {
        backend.thenAnswers(200, "{\"error\":\"Unexpected endpoint or method. (POST /x)\"}");

        assertThat(backend.ask(WHOLE).status()).isEqualTo(501);
    }

    @Test
    void modelThatIsGoneIsAskedForAgain() {
        backend.then(request -> {
                    backend.loaded.set(0, "m~2");
                    backend.clock.advance(Duration.ofMillis(1));
                    request.response().setStatusCode(400).end(GONE);
                })
                .thenAnswers(200, "{\"model\":\"m~2\"}");

        assertThat(backend.ask(WHOLE).body()).isEqualTo("{\"model\":\"m~2\"}");
        assertThat(backend.forwarded)
                .extracting(body -> body.getString("model"))
                .containsExactly("m~1", "m~2");
        assertThat(backend.usersOnceQuiet("m~2")).isZero();
    }

    @Test
    void modelThatIsGoneIsAskedForAgainOnlyOnce() {
        backend.thenAnswers(400, GONE).thenAnswers(400, GONE).thenAnswers(200, "{}");

        assertThat(backend.ask(WHOLE).body()).isEqualTo("upstream_error");
        assertThat(backend.forwarded).hasSize(2);
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void modelThatIsGoneInTheFirstEventIsAskedForAgain() {
        backend.thenStreams("event: error\ndata: " + GONE + "\n\n").thenStreams(EVENT + "data: [DONE]\n\n");

        assertThat(backend.ask(STREAM).body()).isEqualTo(EVENT + "data: [DONE]\n\n");
        assertThat(backend.forwarded).hasSize(2);
    }

    @Test
    void modelThatIsGoneInAnEventWithoutItsBlankLineIsAskedForAgain() {
        backend.thenStreams("data: " + GONE + "\n").thenStreams(EVENT + "data: [DONE]\n\n");

        assertThat(backend.ask(STREAM).body()).isEqualTo(EVENT + "data: [DONE]\n\n");
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void fiveHundredIsNotSentAgain() {
        backend.thenAnswers(500, GONE).thenAnswers(200, "{}");

        assertThat(backend.ask(WHOLE).status()).isEqualTo(502);
        assertThat(backend.forwarded).hasSize(1);
    }

    @Test
    void clientWhoGoesEndsTheWorkOfTheHostAndGivesBackTheInstance() {
        Promise<Void> stopped = Promise.promise();
        backend.then(request -> {
            request.connection().closeHandler(gone -> stopped.complete());
            request.response()
                    .setChunked(true)
                    .putHeader("Content-Type", "text/event-stream")
                    .write(EVENT);
        });

        ScriptedBackend.await(backend.send(STREAM).compose(response -> {
            response.exceptionHandler(gone -> {});
            return response.request().connection().close();
        }));

        ScriptedBackend.await(stopped.future());
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void waitingStreamGetsHeartbeatsAndThenItsAnswer() {
        Promise<HttpServerRequest> arrived = Promise.promise();
        backend.then(arrived::complete);
        Promise<Integer> begun = Promise.promise();
        Future<Buffer> body = backend.send(STREAM).compose(response -> {
            begun.complete(response.statusCode());
            return response.body();
        });
        HttpServerRequest held = ScriptedBackend.await(arrived.future());

        backend.clock.advance(Duration.ofSeconds(10));
        assertThat(ScriptedBackend.await(begun.future())).isEqualTo(200);
        held.response().putHeader("Content-Type", "text/event-stream").end(EVENT + "data: [DONE]\n\n");

        assertThat(ScriptedBackend.await(body).toString()).endsWith(": waiting\n\n" + EVENT + "data: [DONE]\n\n");
    }

    @Test
    void hostThatSendsNothingForTooLongIsGivenUp() {
        Promise<HttpServerRequest> arrived = Promise.promise();
        backend.then(arrived::complete);
        var response = backend.send(STREAM);
        ScriptedBackend.await(arrived.future());

        backend.clock.advance(Duration.ofMinutes(5));

        assertThat(ScriptedBackend.await(response).statusCode()).isEqualTo(504);
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void slowReaderHoldsTheHostBackAndLosesNothing() {
        // More than all socket buffers on the way can take: without back-pressure the bridge would have to keep the
        // rest.
        int pieces = 1_000;
        String piece = "data: {\"x\":\"" + "y".repeat(64_000) + "\"}\n\n";
        Promise<Void> poured = Promise.promise();
        backend.then(request -> {
            var out = request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
            new Pour(out, Buffer.buffer(piece), pieces, poured).run();
        });

        var response = ScriptedBackend.await(backend.send(STREAM).map(got -> got.pause()));
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> poured.future().await(1, TimeUnit.SECONDS));
        Promise<Long> length = Promise.promise();
        long[] read = {0};
        response.handler(chunk -> read[0] += chunk.length());
        response.endHandler(end -> length.complete(read[0]));
        response.resume();

        assertThat(ScriptedBackend.await(length.future()))
                .isEqualTo((long) pieces * piece.length() + "data: [DONE]\n\n".length());
    }

    /** Writes as fast as it may, and tells when all is written. */
    private static final class Pour implements Runnable {
        private final HttpServerResponse out;
        private final Buffer piece;
        private final Promise<Void> poured;
        private int left;

        Pour(HttpServerResponse out, Buffer piece, int pieces, Promise<Void> poured) {
            this.out = out;
            this.piece = piece;
            this.poured = poured;
            left = pieces;
        }

        @Override
        public void run() {
            while (left > 0 && !out.writeQueueFull()) {
                out.write(piece);
                left--;
            }
            if (left == 0) {
                poured.complete();
                out.end("data: [DONE]\n\n");
            } else {
                out.drainHandler(drained -> run());
            }
        }
    }
}
