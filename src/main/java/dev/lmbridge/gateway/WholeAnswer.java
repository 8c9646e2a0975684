package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer in one piece: read whole, checked, then handed on byte for byte. */
final class WholeAnswer {
    /** Larger answers than this are refused rather than kept. */
    private static final int MAX_ANSWER = 64 << 20;

    private final Exchange exchange;
    private final ClientSide client;
    private final Patience patience;
    private final InstantSource clock;
    private final AnswerCheck check;
    private final HttpClientResponse answer;
    private final Buffer body = Buffer.buffer();

    WholeAnswer(
            Exchange exchange,
            ClientSide client,
            Patience patience,
            InstantSource clock,
            AnswerCheck check,
            HttpClientResponse answer) {
        this.exchange = exchange;
        this.client = client;
        this.patience = patience;
        this.clock = clock;
        this.check = check;
        this.answer = answer;
    }

    void start() {
        answer.exceptionHandler(broken -> exchange.failure(Failure.of(
                FailureCode.UPSTREAM_ERROR, "The connection to the host broke in the middle of the answer.")));
        answer.handler(this::more);
        answer.endHandler(end -> complete());
    }

    private void more(Buffer chunk) {
        patience.received(clock.instant());
        if (body.length() + chunk.length() > MAX_ANSWER) {
            exchange.failure(Failure.of(FailureCode.UPSTREAM_ERROR, "The host's answer is larger than 64 MiB."));
        } else {
            body.appendBuffer(chunk);
        }
    }

    private void complete() {
        if (exchange.isEnded()) {
            return;
        }
        Optional<BodyScan> document = AnswerCheck.scan(body);
        String text = document.map(BodyScan::errorText).orElse(null);
        int status = answer.statusCode();
        boolean refused = status >= 300 || document.map(BodyScan::hasError).orElse(false);
        if (refused && status < 500 && Upstream.saysModelIsGone(text) && exchange.mayBeSentAgain()) {
            exchange.sendAgain();
        } else if (refused) {
            Failure failure = Upstream.failure(status, text == null ? ClientSide.text(body) : text, retryAfter());
            exchange.failure(failure, Upstream.status(status, failure));
        } else {
            deliver(document);
        }
    }

    private void deliver(Optional<BodyScan> document) {
        Optional<Failure> fault = document.isEmpty()
                ? Optional.of(Failure.of(FailureCode.UPSTREAM_ERROR, "The host's answer is not a JSON object."))
                : document.flatMap(check::fault);
        if (fault.isPresent()) {
            exchange.failure(fault.get());
        } else if (client.hasBegun()) {
            exchange.failure(Failure.of(
                    FailureCode.UPSTREAM_ERROR, "A stream was asked for, and the host answered in one piece."));
        } else {
            String type = answer.getHeader("Content-Type");
            client.whole(answer.statusCode(), type == null ? "application/json" : type, body);
            exchange.succeeded();
        }
    }

    private @Nullable Duration retryAfter() {
        String seconds = answer.getHeader("Retry-After");
        return seconds != null && seconds.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
    }
}
