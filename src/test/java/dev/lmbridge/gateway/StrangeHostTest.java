package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.gateway.ScriptedBackend.Got;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that answer as none should: each answer ends in a typed error, and the next request is answered. */
@Timeout(60)
final class StrangeHostTest {
    private static final String WHOLE = "{\"model\":\"m\"}";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true}";
    private static final String GOOD = "{\"model\":\"m~1\"}";

    private final ScriptedBackend backend = new ScriptedBackend();

    @AfterEach
    void close() {
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
        backend.thenAnswers(200, GOOD);
        assertThat(backend.ask(WHOLE).body()).isEqualTo(GOOD);
        backend.close();
    }

    @Test
    void headOfTenMegabytesIsNotRead() {
        backend.then(request ->
                request.response().putHeader("X-Big", "y".repeat(10 << 20)).end(GOOD));
        assertThat(backend.ask(WHOLE)).satisfies(got -> {
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body()).isEqualTo("upstream_error");
        });
    }

    @Test
    void answerWithoutEndIsCutAtItsLimitAndTheHostIsToldToStop() {
        Promise<Void> stopped = Promise.promise();
        backend.then(request -> {
            request.connection().closeHandler(gone -> stopped.tryComplete());
            pour(request.response().setChunked(true), Buffer.buffer("y".repeat(1 << 20)));
        });
        assertThat(backend.ask(WHOLE).body()).isEqualTo("upstream_error");
        ScriptedBackend.await(stopped.future());
    }

    private static void pour(HttpServerResponse out, Buffer piece) {
        if (out.closed()) {
            return;
        }
        out.write(piece).onSuccess(written -> pour(out, piece));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\1\2", "<html>", "[]", "{\"a\":", "7", "{}{}"})
    void bodyThatIsNoAnswerIsAnError(String body) {
        backend.thenAnswers(200, body);
        assertThat(backend.ask(WHOLE)).satisfies(got -> {
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body()).isEqualTo("upstream_error");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\0\1\2", "<html>\n\n", "data\n\n", "data: \n\n", ":\n\n\n\n", "\r\r\r", "event: x\n\n"})
    void streamThatIsNoneEndsWithAnError(String stream) {
        backend.thenStreams(stream);
        Got got = backend.ask(STREAM);
        assertThat(got.body()).endsWith("upstream_error" + (got.status() == 200 ? "\n\n" : ""));
    }

    @Test
    void lineOfManyMegabytesGoesThroughWithoutBeingKept() {
        String line = "data: " + "y".repeat(3 << 20) + "\n\ndata: [DONE]\n\n";
        backend.thenStreams(line);
        assertThat(backend.ask(STREAM).body()).isEqualTo(line);
    }
}
