package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events on its way through, byte for byte, no faster than the client takes it. The first event is held until
 * it is complete and checked: until then a failure still has its own status.
 */
final class Relay {
    /** A first event larger than this goes through unchecked. */
    private static final int MAX_FIRST_EVENT = 256 << 10;

    private final Exchange exchange;
    private final ClientSide client;
    private final Patience patience;
    private final InstantSource clock;
    private final AnswerCheck check;
    private final HttpClientResponse answer;
    private final SseWatch watch = new SseWatch();
    private @Nullable Buffer hostError;
    private @Nullable Buffer first = Buffer.buffer();
    private boolean abandoned;

    Relay(
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
        answer.exceptionHandler(broken -> brokenOff());
        answer.handler(this::more);
        answer.endHandler(end -> complete());
    }

    private void more(Buffer chunk) {
        if (isOver()) {
            return;
        }
        patience.received(clock.instant());
        Buffer held = first;
        if (hostError != null) {
            hostFails(chunk);
            return;
        }
        if (held == null) {
            follow(chunk);
            return;
        }
        held.appendBuffer(chunk);
        int end = endOfEvent(held);
        if (end >= 0 || held.length() > MAX_FIRST_EVENT) {
            begin(held, end);
        }
    }

    private void begin(Buffer held, int end) {
        Optional<BodyScan> event =
                end < 0 ? Optional.empty() : data(held.getBuffer(0, end)).flatMap(AnswerCheck::scan);
        if (event.isPresent()
                && event.get().hasError()
                && Upstream.saysModelIsGone(event.get().errorText())
                && exchange.mayBeSentAgain()) {
            first = null;
            abandoned = true;
            exchange.sendAgain();
            return;
        }
        Optional<Failure> fault = event.flatMap(check::fault);
        if (fault.isPresent()) {
            exchange.failure(fault.get());
            return;
        }
        first = null;
        if (!client.hasBegun()) {
            client.streamHead();
        }
        follow(held);
    }

    /** Passes bytes on up to an error event of the host's own: that one is told in the client's dialect instead. */
    private void follow(Buffer chunk) {
        int error = watch.saw(chunk);
        if (error < 0) {
            pass(chunk);
            return;
        }
        if (error > 0) {
            pass(chunk.getBuffer(0, error));
        }
        hostError = Buffer.buffer();
        hostFails(chunk.getBuffer(error, chunk.length()));
    }

    private void hostFails(Buffer more) {
        Buffer event = hostError == null ? Buffer.buffer() : hostError;
        event.appendBuffer(more);
        hostError = event;
        if (endOfEvent(event) >= 0 || event.length() > MAX_FIRST_EVENT) {
            failAsTheHost(event);
        }
    }

    private void failAsTheHost(Buffer event) {
        String text =
                data(event).flatMap(AnswerCheck::scan).map(BodyScan::errorText).orElse(null);
        exchange.failure(Upstream.failure(answer.statusCode(), text, null));
    }

    private void pass(Buffer chunk) {
        var out = client.stream();
        out.write(chunk).onFailure(gone -> {});
        if (out.writeQueueFull()) {
            answer.pause();
            patience.held(clock.instant());
            out.drainHandler(drained -> {
                patience.released(clock.instant());
                answer.resume();
            });
        }
    }

    /** Whether this answer no longer matters: the exchange has ended, or goes on with another answer. */
    private boolean isOver() {
        return abandoned || exchange.isEnded();
    }

    private void complete() {
        if (isOver()) {
            return;
        }
        Buffer held = first;
        if (held != null && held.length() > 0) {
            begin(held, held.length());
        }
        if (isOver()) {
            return;
        }
        if (hostError != null) {
            failAsTheHost(hostError);
            return;
        }
        watch.ended();
        if (watch.isDone()) {
            client.stream().end().onFailure(gone -> {});
            exchange.succeeded();
        } else if (watch.isFailed()) {
            client.stream().end().onFailure(gone -> {});
            exchange.failedByItsHost();
        } else {
            exchange.failure(
                    Failure.of(FailureCode.UPSTREAM_ERROR, "The host ended the stream without completing its answer."));
        }
    }

    private void brokenOff() {
        if (isOver()) {
            return;
        }
        exchange.failure(Failure.of(
                FailureCode.UPSTREAM_ERROR, "The connection to the host broke in the middle of the answer."));
    }

    /** Where the first event ends: after the blank line; -1 if it has not come yet. */
    private static int endOfEvent(Buffer held) {
        int newlines = 0;
        boolean content = false;
        for (int at = 0; at < held.length(); at++) {
            byte next = held.getByte(at);
            if (next == '\n') {
                newlines++;
                if (newlines == 2 && content) {
                    return at + 1;
                }
            } else if (next != '\r') {
                newlines = 0;
                content = true;
            }
        }
        return -1;
    }

    /** The data of an event; empty if it has none, as a comment. */
    private static Optional<Buffer> data(Buffer event) {
        StringBuilder data = new StringBuilder();
        for (String line : event.toString(StandardCharsets.UTF_8).lines().toList()) {
            if (line.startsWith("data:")) {
                data.append(line.substring("data:".length()).stripLeading()).append('\n');
            }
        }
        return data.isEmpty() ? Optional.empty() : Optional.of(Buffer.buffer(data.toString()));
    }
}
