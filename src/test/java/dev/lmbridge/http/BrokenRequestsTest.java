package dev.lmbridge.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What no HTTP client would send is the sender's fault, and never an incident of ours. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class BrokenRequestsTest {
    private static final String POST = """
            POST /v1/chat/completions HTTP/1.1
            Host: localhost
            Content-Type: application/json
            """.replace("\n", "\r\n");

    private final Vertx vertx = Vertx.vertx();
    private final ServedModels served = new ServedModels(vertx);
    private final ListAppender<ILoggingEvent> incidents = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(BusFailures.class);

    @BeforeAll
    void start() throws Exception {
        incidents.start();
        log.addAppender(incidents);
        served.start(Map.of("http.deadlines.clientStalled", "300ms"));
    }

    @AfterAll
    void stop() throws Exception {
        log.detachAppender(incidents);
        served.close();
        vertx.close().await(20, SECONDS);
        assertThat(incidents.list).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: localhost@example.org\r\n", "Host: [\r\n", "Host: localhost:99999999999\r\n"})
    void aHostThatIsNoneIsTheSendersFault(String host) throws Exception {
        String answer = sent("GET /v1/models HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("x-lm-bridge-request-id: ")
                .contains("\"invalid_request\"")
                .doesNotContain("\"request_id\":\"\"");
    }

    @Test
    void aQueryThatCannotBeDecodedIsTheSendersFault() throws Exception {
        String answer =
                sent("GET /bridge/v1/models?state=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"invalid_request\"");
    }

    @Test
    void aTargetThatIsNoPathGetsARequestIdToo() throws Exception {
        String answer = sent("GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 404 ").containsIgnoringCase("x-lm-bridge-request-id: ");
    }

    @Test
    void anotherExpectationIsTheSendersFault() throws Exception {
        assertThat(sent(POST + "Connection: close\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"param\":\"Expect\"");
    }

    @Test
    void aBodyThatBreaksOffIsNoIncident() throws Exception {
        try (Socket socket = new Socket("localhost", served.port())) {
            socket.getOutputStream().write((POST + "Content-Length: 500\r\n\r\n{").getBytes(US_ASCII));
        }
        // The server has seen the end of that connection once it has answered this one, at the latest when it stops.
        assertThat(sent(POST + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n{}"))
                .doesNotContain("\"internal\"");
    }

    @Test
    void aBodyThatStopsToComeIsNotWaitedForWithoutEnd() throws Exception {
        String answer = sent(POST + "Content-Length: 500\r\n\r\n{");
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .contains("\"param\":\"body\"")
                .contains("300ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate, gzip", "br", "x"})
    void aCompressedBodyIsRefused(String encoding) throws Exception {
        assertThat(sent(POST + "Connection: close\r\nContent-Encoding: " + encoding
                        + "\r\nContent-Length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 415 ")
                .contains("\"unsupported_media_type\"");
        assertThat(sent(POST + "Connection: close\r\nContent-Encoding: identity\r\nContent-Length: 1\r\n\r\n{"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void whatFollowsABodyBeyondItsLengthIsReadAsTheNextRequestAndRefused() throws Exception {
        String answers = sent(POST + "Content-Length: 2\r\n\r\n{}}{\r\n\r\n");
        assertThat(answers).startsWith("HTTP/1.").contains(" 400 Bad Request");
    }

    @Test
    void requestsThatComeAtOnceAreAnsweredInTheirOrder() throws Exception {
        String get = "GET /v1/models/%s HTTP/1.1\r\nHost: localhost\r\n";
        String answers = sent(get.formatted("one") + "\r\n" + get.formatted("two") + "\r\n" + get.formatted("three")
                + "Connection: close\r\n\r\n");
        assertThat(answers).containsSubsequence("'one'", "'two'", "'three'");
    }

    @Test
    void aClientThatSendsNoMoreIsAnsweredOrLetGo() throws Exception {
        try (Socket socket = new Socket("localhost", served.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET /v1/models HTTP/1.1\r\nHost: loc".getBytes(US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }

    private String sent(String request) throws IOException {
        try (Socket socket = new Socket("localhost", served.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
