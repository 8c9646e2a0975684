package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.gateway.ScriptedBackend.Got;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What differs from route to route: where the model stands, how streams end, what is empty. */
@Timeout(60)
final class ExchangeRoutesTest {
    private static final String WHOLE = "{\"model\":\"m\"}";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true}";
    private static final String GONE = "{\"error\":{\"message\":\"Invalid model identifier \\\"m~1\\\".\"}}";
    private static final String SILENT =
            "data: {\"model\":\"m~1\",\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n";
    private static final String SILENT_WHOLE =
            "{\"model\":\"m~1\",\"choices\":[{\"message\":{\"content\":\"\"}}],\"usage\":{\"completion_tokens\":0}}";

    private final ScriptedBackend backend = new ScriptedBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    /** Moves the clock until what is waited for has come: looks at the host are due by it. */
    private <T> T awaitWhileTimeGoesBy(Future<T> future) {
        for (int second = 0; second < 60 && !future.isComplete(); second++) {
            backend.clock.advance(Duration.ofSeconds(1));
            try {
                return future.await(1, TimeUnit.SECONDS);
            } catch (TimeoutException notYet) {
                // One more second, then.
            }
        }
        return ScriptedBackend.await(future);
    }

    private Future<String> body(String path, String question) {
        return backend.send(path, question)
                .compose(response -> response.body().map(body -> response.statusCode() + " " + body));
    }

    @Test
    void emptyAnswerIsAnAnswerWhileTheModelIsThere() {
        backend.thenAnswers(200, SILENT_WHOLE);
        assertThat(awaitWhileTimeGoesBy(body(ScriptedBackend.CHAT, WHOLE))).isEqualTo("200 " + SILENT_WHOLE);

        backend.thenStreams(SILENT + "data: [DONE]\n\n");
        assertThat(awaitWhileTimeGoesBy(body(ScriptedBackend.CHAT, STREAM)))
                .isEqualTo("200 " + SILENT + "data: [DONE]\n\n");
    }

    @Test
    void emptyAnswerOfAModelThatIsGoneIsAFailure() {
        backend.then(request -> {
            backend.loaded.clear();
            request.response().end(SILENT_WHOLE);
        });
        assertThat(awaitWhileTimeGoesBy(body(ScriptedBackend.CHAT, WHOLE))).isEqualTo("502 upstream_error");
    }

    @Test
    void emptyStreamOfAModelThatIsGoneEndsWithAnErrorEvent() {
        backend.then(request -> {
            backend.loaded.clear();
            request.response().putHeader("Content-Type", "text/event-stream").end(SILENT + "data: [DONE]\n\n");
        });
        assertThat(awaitWhileTimeGoesBy(body(ScriptedBackend.CHAT, STREAM)))
                .isEqualTo("200 " + SILENT + "data: failed upstream_error\n\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v1/messages  | event: message_start¶data: {'type':'message_start','message':{'model':'M','content':[]}}",
                "/v1/responses | event: response.created¶data: {'type':'response.created','response':{'id':'r','model':'M'}}",
                "/api/v1/chat  | event: chat.start¶data: {'type':'chat.start','model_instance_id':'M'}",
                "/api/v0/chat/completions | data: {'model':'M','choices':[]}",
                "/v1/completions | data: {'model':'M','choices':[]}",
            })
    void otherModelIsFoundInTheFirstEventOfEachRoute(String path, String event) {
        String first = event.replace('\'', '"').replace('¶', '\n') + "\n\n";
        backend.thenStreams(first.replace("\"M\"", "\"other\""));
        assertThat(backend.ask(path, STREAM)).satisfies(got -> {
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body()).isEqualTo("wrong_model");
        });

        backend.thenStreams(first.replace("\"M\"", "\"m~1\""));
        assertThat(backend.ask(path, STREAM).body())
                .as("it is the right one, and its stream breaks off")
                .isEqualTo(first.replace("\"M\"", "\"m~1\"") + "data: failed upstream_error\n\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v1/messages  | event: content_block_delta¶data: {'type':'content_block_delta','delta':{'text':'x'}} | event: message_stop¶data: {'type':'message_stop'}",
                "/v1/responses | event: response.output_text.delta¶data: {'type':'response.output_text.delta'} | event: response.completed¶data: {'type':'response.completed','response':{}}",
                "/v1/responses | data: {'type':'response.output_text.delta'} | data: {'type':'response.incomplete','response':{}}",
                "/api/v1/chat  | event: message.delta¶data: {'type':'message.delta','content':'x'} | event: chat.end¶data: {'type':'chat.end','result':{}}",
            })
    void eachRouteHasAnEndOfItsOwn(String path, String event, String end) {
        String stream = (event + "\n\n" + end + "\n\n").replace('\'', '"').replace('¶', '\n');
        backend.thenStreams(stream);
        assertThat(backend.ask(path, STREAM).body()).isEqualTo(stream);

        String cut = (event + "\n\ndata: [DONE]\n\n").replace('\'', '"').replace('¶', '\n');
        backend.thenStreams(cut);
        assertThat(backend.ask(path, STREAM).body()).isEqualTo(cut + "data: failed upstream_error\n\n");
    }

    @Test
    void failureOfAResponseIsToldInTheClientsDialect() {
        String before = "data: {\"type\":\"response.output_text.delta\"}\n\n";
        backend.thenStreams(before
                + "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"error\":{\"message\":"
                + "\"Context size has been exceeded\"}}}\n\n");
        assertThat(backend.ask("/v1/responses", STREAM).body())
                .isEqualTo(before + "data: failed context_length_exceeded\n\n");
    }

    @Test
    void embeddingsAreAskedForAgainAfterAFiveHundred() {
        String answer = "{\"model\":\"m~1\",\"data\":[]}";
        backend.then(request -> {
                    backend.clock.advance(Duration.ofMillis(1));
                    request.response().setStatusCode(500).end("oh");
                })
                .thenAnswers(200, answer);
        assertThat(backend.ask("/v1/embeddings", "{\"model\":\"m\",\"stream\":true}")
                        .body())
                .isEqualTo(answer);
        assertThat(backend.forwarded).hasSize(2);
    }

    @Test
    void modelThatOnlyEmbedsCannotBeAskedForText() {
        backend.kind = "embedding";
        backend.clock.advance(Duration.ofSeconds(3));
        backend.thenAnswers(400, GONE).thenAnswers(400, GONE);
        assertThat(backend.ask(WHOLE).body()).isEqualTo("invalid_request");
    }

    @Test
    void fallbackAnswersIfTheFirstKeyOfAnAliasCannotBeLoaded() {
        backend.thenAnswers(200, "{\"model\":\"m~1\"}");
        Got got = backend.ask("{\"model\":\"any\"}");
        assertThat(got.status()).as(got.body()).isEqualTo(200);
        assertThat(got.headers()).containsEntry("X-LM-Bridge-Model", "m");
    }
}
