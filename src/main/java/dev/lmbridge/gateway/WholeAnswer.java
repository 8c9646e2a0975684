package dev.lmbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer in one piece: read whole, checked, then handed on byte for byte. */
final class WholeAnswer {
    /** Larger answers than this are refused rather than kept. */
    private static final int MAX_ANSWER = 64 << 20;

    private final Delivery way;
    private final Exchange exchange;
    private Buffer body = Buffer.buffer();
    private boolean copied;

    WholeAnswer(Delivery way) {
        this.way = way;
        exchange = way.exchange();
    }

    void start() {
        way.answer()
                .exceptionHandler(broken -> exchange.failure(Failure.of(
                        FailureCode.UPSTREAM_ERROR, "The connection to the host broke in the middle of the answer.")));
        way.answer().handler(this::more);
        way.answer().endHandler(end -> complete());
    }

    private void more(Buffer chunk) {
        way.received();
        if (body.length() + chunk.length() > MAX_ANSWER) {
            exchange.failure(Failure.of(FailureCode.UPSTREAM_ERROR, "The host's answer is larger than 64 MiB."));
        } else if (body.length() == 0) {
            // Mostly it is all there is, and need not be copied.
            body = chunk;
        } else {
            body = (copied
                            ? body
                            : Buffer.buffer(2 * (body.length() + chunk.length()))
                                    .appendBuffer(body))
                    .appendBuffer(chunk);
            copied = true;
        }
    }

    private void complete() {
        if (exchange.isEnded()) {
            return;
        }
        Optional<AnswerScan> document = AnswerScan.of(body.getBytes());
        String text = document.map(AnswerScan::errorText).orElse(null);
        int status = way.answer().statusCode();
        boolean refused = status >= 300 || document.map(AnswerScan::hasError).orElse(false);
        boolean again = status >= 500 ? way.route().repeatable() : Upstream.saysModelIsGone(text);
        if (refused && again && exchange.mayBeSentAgain()) {
            exchange.sendAgain();
        } else if (refused) {
            exchange.hostFailed(status, text == null ? ClientSide.text(body) : text, retryAfter());
        } else if (document.isEmpty()) {
            exchange.failure(Failure.of(FailureCode.UPSTREAM_ERROR, "The host's answer is not a JSON object."));
        } else {
            check(document.get());
        }
    }

    private void check(AnswerScan document) {
        Optional<Failure> fault = way.check().fault(document.model());
        if (fault.isPresent()) {
            exchange.failure(fault.get());
            return;
        }
        String id = document.id();
        if (id != null) {
            exchange.answeredUnder(id);
        }
        if (document.tokens() <= 0 && !way.route().mayBeEmpty() && saysNothing()) {
            exchange.onceSeenAgain(this::deliver);
        } else {
            deliver();
        }
    }

    private boolean saysNothing() {
        try {
            JsonNode tree = StrictJson.object(body.getBytes());
            return !way.route().form().says(tree);
        } catch (FailureException unreadable) {
            return false;
        }
    }

    private void deliver() {
        if (way.client().hasBegun()) {
            exchange.failure(Failure.of(
                    FailureCode.UPSTREAM_ERROR, "A stream was asked for, and the host answered in one piece."));
        } else {
            exchange.alive(way.clock().instant());
            String type = way.answer().getHeader("Content-Type");
            way.client().whole(way.answer().statusCode(), type == null ? "application/json" : type, body);
            exchange.succeeded();
        }
    }

    private @Nullable Duration retryAfter() {
        String seconds = way.answer().getHeader("Retry-After");
        return seconds != null && seconds.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
    }
}
