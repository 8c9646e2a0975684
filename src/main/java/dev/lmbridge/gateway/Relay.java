package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events on its way through, byte for byte, no faster than the client takes it. Its {@link Opening} is held
 * event by event until each was checked: up to the first one that goes through, a failure still has its own status.
 */
final class Relay {
    private final Delivery way;
    private final Exchange exchange;
    private final ClientSide client;
    private final AnswerForm form;
    private final SseWatch watch;
    private @Nullable Opening opening;
    private @Nullable Buffer hostError;
    private Instant cameAt = Instant.MIN;
    /** The end of an answer that has said nothing, while it is being found out whether the model is still there. */
    private @Nullable Buffer emptyEnd;

    /** What has come in this turn of the event loop; it goes on in one piece when the turn ends. */
    private @Nullable Buffer turn;

    private boolean turnCopied;
    private boolean complete;
    private boolean abandoned;

    Relay(Delivery way) {
        this.way = way;
        exchange = way.exchange();
        client = way.client();
        form = way.route().form();
        watch = new SseWatch(form);
        opening = new Opening(form, way.check());
    }

    void start() {
        way.answer().exceptionHandler(broken -> brokenOff());
        way.answer().handler(this::more);
        way.answer().endHandler(end -> complete());
    }

    private void more(Buffer chunk) {
        if (isOver()) {
            return;
        }
        if (turn != null) {
            addToTurn(turn, chunk);
            return;
        }
        cameAt = way.received();
        if (hostError != null) {
            hostFails(chunk);
        } else if (emptyEnd != null) {
            emptyEnd.appendBuffer(chunk);
            if (emptyEnd.length() > Opening.MAX_EVENT) {
                way.answer().pause();
            }
        } else if (opening != null) {
            opening.add(chunk);
            open(opening);
        } else {
            turn = chunk;
            turnCopied = false;
            exchange.atEndOfTurn(this::endTurn);
        }
    }

    /** One read from the host often brings many chunks; a write to the client for each would cost more than all the rest. */
    private void addToTurn(Buffer held, Buffer chunk) {
        if (turnCopied) {
            held.appendBuffer(chunk);
        } else {
            turn = Buffer.buffer(2 * (held.length() + chunk.length()))
                    .appendBuffer(held)
                    .appendBuffer(chunk);
            turnCopied = true;
        }
    }

    private void endTurn() {
        Buffer held = turn;
        turn = null;
        if (held != null && !isOver()) {
            follow(held);
        }
    }

    private void open(Opening held) {
        for (Buffer event = held.next(); event != null; event = held.next()) {
            take(held, event);
            if (isOver() || opening == null || emptyEnd != null || hostError != null) {
                return;
            }
        }
        if (held.isOver()) {
            endOpening(held);
        }
    }

    private void take(Opening held, Buffer event) {
        Opening.Seen seen = held.look(event);
        switch (seen.finding()) {
            case ERROR -> {
                if (Upstream.saysModelIsGone(seen.errorText()) && !saidAnything() && exchange.mayBeSentAgain()) {
                    abandoned = true;
                    exchange.sendAgain();
                } else {
                    exchange.hostFailed(way.answer().statusCode(), seen.errorText(), null);
                }
            }
            case WRONG -> exchange.failure(Objects.requireNonNull(seen.fault()));
            case EMPTY_END -> {
                opening = null;
                emptyEnd = event.appendBuffer(held.rest());
                exchange.onceSeenAgain(this::endEmpty);
            }
            case GOOD -> {
                String id = held.id();
                if (id != null) {
                    exchange.answeredUnder(id);
                }
                follow(event);
                if (held.isOver()) {
                    endOpening(held);
                }
            }
        }
    }

    private void endOpening(Opening held) {
        opening = null;
        Buffer rest = held.rest();
        if (rest.length() == 0 || isOver()) {
            return;
        }
        if (hostError != null) {
            hostFails(rest);
        } else {
            follow(rest);
        }
    }

    /** Whether an event of the host's has gone to the client; a comment of ours is none. */
    private boolean saidAnything() {
        return watch.hasPassed();
    }

    /** The model is still there: then silence is its answer. */
    private void endEmpty() {
        Buffer end = emptyEnd;
        emptyEnd = null;
        if (end != null && !isOver()) {
            follow(end);
            way.answer().resume();
            if (complete) {
                finish();
            }
        }
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
        if (Opening.endOfEvent(event) >= 0 || event.length() > Opening.MAX_EVENT) {
            exchange.hostFailed(way.answer().statusCode(), Opening.errorText(event, form), null);
        }
    }

    private void pass(Buffer chunk) {
        exchange.alive(cameAt);
        if (!client.hasBegun()) {
            client.streamHead();
        }
        var out = client.stream();
        out.write(chunk).onFailure(gone -> {});
        if (out.writeQueueFull()) {
            way.answer().pause();
            way.patience().held(way.clock().instant());
            out.drainHandler(drained -> {
                way.patience().released(way.clock().instant());
                way.answer().resume();
            });
        }
    }

    /** Whether this answer no longer matters: the exchange has ended, or goes on with another answer. */
    private boolean isOver() {
        return abandoned || exchange.isEnded();
    }

    private void complete() {
        endTurn();
        complete = true;
        if (isOver() || emptyEnd != null) {
            return;
        }
        Opening held = opening;
        if (held != null) {
            Buffer rest = held.rest();
            if (rest.length() > 0) {
                take(held, rest);
            }
        }
        if (!isOver() && emptyEnd == null) {
            finish();
        }
    }

    private void finish() {
        Buffer failed = hostError;
        if (failed != null) {
            exchange.hostFailed(way.answer().statusCode(), Opening.errorText(failed, form), null);
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
        endTurn();
        if (!isOver()) {
            exchange.failure(Failure.of(
                    FailureCode.UPSTREAM_ERROR, "The connection to the host broke in the middle of the answer."));
        }
    }
}
