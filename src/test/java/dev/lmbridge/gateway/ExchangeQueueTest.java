package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.gateway.ScriptedBackend.Got;
import dev.lmbridge.testing.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait for a place at their instance. */
@Timeout(60)
final class ExchangeQueueTest {
    private static final String WHOLE = "{\"model\":\"m\"}";

    private final ScriptedBackend backend = new ScriptedBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    private Future<String> body(String path, String question) {
        return backend.send(path, question)
                .compose(response -> response.body().map(body -> response.statusCode() + " " + body));
    }

    @Test
    void requestsBeyondTheHostsOwnWaitHereAndAreSentInTheirOrder() {
        backend.worksOnOneAtATime();
        List<HttpServerRequest> arrived = new CopyOnWriteArrayList<>();
        for (int each = 0; each < 3; each++) {
            backend.then(arrived::add);
        }
        List<Future<String>> answers = new ArrayList<>();
        for (int each = 0; each < 3; each++) {
            answers.add(body(ScriptedBackend.CHAT, "{\"model\":\"m\",\"n\":" + each + "}"));
            int waiting = each;
            Waiting.until("each has come", () -> backend.queued() == waiting && arrived.size() == 1);
        }
        assertThat(backend.forwarded).hasSize(1);
        for (int each = 0; each < 3; each++) {
            int next = each;
            Waiting.until("the next has come", () -> arrived.size() == next + 1);
            arrived.get(each).response().end("{\"model\":\"m~1\"}");
            assertThat(ScriptedBackend.await(answers.get(each))).startsWith("200 ");
        }
        assertThat(backend.forwarded).extracting(body -> body.getInteger("n")).containsExactly(0, 1, 2);
        assertThat(backend.queued()).isZero();
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void whoWaitsCountsAsAUserAndGivesUpItsPlaceWhenItGoes() {
        backend.worksOnOneAtATime();
        Promise<HttpServerRequest> arrived = Promise.promise();
        backend.then(arrived::complete);
        Future<String> first = body(ScriptedBackend.CHAT, WHOLE);
        HttpServerRequest working = ScriptedBackend.await(arrived.future());
        Promise<HttpConnection> connected = Promise.promise();
        backend.open(WHOLE).onSuccess(sent -> connected.complete(sent.connection()));
        Waiting.until("the second waits", () -> backend.queued() == 1);
        assertThat(backend.users("m~1")).isEqualTo(2);

        ScriptedBackend.await(ScriptedBackend.await(connected.future()).close());

        Waiting.until("it has left the line", () -> backend.queued() == 0);
        assertThat(backend.users("m~1")).isEqualTo(1);
        working.response().end("{\"model\":\"m~1\"}");
        assertThat(ScriptedBackend.await(first)).startsWith("200 ");
        assertThat(backend.forwarded).hasSize(1);
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void moreThanTheQueueTakesAreRefusedAndWhoWaitsTooLongIsToldSo() {
        backend.worksOnOneAtATime();
        Promise<HttpServerRequest> arrived = Promise.promise();
        backend.then(arrived::complete);
        Future<String> first = body(ScriptedBackend.CHAT, WHOLE);
        HttpServerRequest working = ScriptedBackend.await(arrived.future());
        List<Future<Got>> waiting = new ArrayList<>();
        for (int each = 0; each < ScriptedBackend.CAPACITY; each++) {
            waiting.add(backend.got(ScriptedBackend.CHAT, WHOLE));
        }
        Waiting.until("the line is full", () -> backend.queued() == ScriptedBackend.CAPACITY);

        Got refused = backend.ask(WHOLE);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).isEqualTo("queue_full");
        assertThat(refused.headers()).containsEntry("Retry-After", "5");

        backend.clock.advance(Duration.ofMinutes(2));
        for (Future<Got> each : waiting) {
            Got late = ScriptedBackend.await(each);
            assertThat(late.body()).isEqualTo("queue_timeout");
            assertThat(late.headers()).containsEntry("Retry-After", "5");
        }
        working.response().end("{\"model\":\"m~1\"}");
        assertThat(ScriptedBackend.await(first)).startsWith("200 ");
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }

    @Test
    void modelThatHasCrashedUnderSeveralRequestsGetsHalfAsManyAtATime() {
        List<HttpServerRequest> arrived = new CopyOnWriteArrayList<>();
        List<Future<String>> answers = new ArrayList<>();
        for (int each = 0; each < 4; each++) {
            backend.then(arrived::add);
            answers.add(body(ScriptedBackend.CHAT, WHOLE));
        }
        Waiting.until("four work, as nobody has said how many may", () -> arrived.size() == 4);
        String crash = "{\"error\":\"The model has crashed without additional information. (Exit code: null)\"}";
        arrived.forEach(request -> request.response().setStatusCode(400).end(crash));
        answers.forEach(answer -> assertThat(ScriptedBackend.await(answer)).isEqualTo("502 upstream_error"));

        arrived.clear();
        answers.clear();
        for (int each = 0; each < 3; each++) {
            backend.then(arrived::add);
            answers.add(body(ScriptedBackend.CHAT, WHOLE));
        }
        Waiting.until("two work and one waits", () -> arrived.size() == 2 && backend.queued() == 1);
        arrived.getFirst().response().end("{\"model\":\"m~1\"}");
        Waiting.until("the third works", () -> arrived.size() == 3);
        arrived.get(1).response().end("{\"model\":\"m~1\"}");
        arrived.get(2).response().end("{\"model\":\"m~1\"}");
        answers.forEach(answer -> assertThat(ScriptedBackend.await(answer)).startsWith("200 "));
        assertThat(backend.usersOnceQuiet("m~1")).isZero();
    }
}
