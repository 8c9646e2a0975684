package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Instance;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Context;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: an instance is found, the request forwarded, the answer brought back. Whatever happens, it ends
 * once: the client has its answer or its error, the instance is given back, the host is told to stop.
 *
 * <p>Runs on the event loop of the client's connection.
 */
public final class Exchange implements InFlight.Work, Slots.Waiter {
    private final Gateway gateway;
    private final InferenceRequest request;
    private final InstantSource clock;
    private final ClientSide client;
    private final Patience patience;
    private final Context context;
    private final Instant began;
    private final Standing standing;

    private Instant heartbeatAt;
    private boolean ended;
    private boolean sentAgain;
    private boolean straight = true;
    private @Nullable Runnable leave;
    /** The instance that has admitted this request, while it has not been told that the request is over. */
    private @Nullable Instance using;

    private final Seat seat = new Seat(this);
    private final Doubt doubt = new Doubt();
    private Instant lineSince = Instant.EPOCH;

    private Gateway.@Nullable Place place;
    private @Nullable HttpClientRequest upstream;

    private Exchange(Gateway gateway, InferenceRequest request, InstantSource clock) {
        this.gateway = gateway;
        this.request = request;
        this.clock = clock;
        began = clock.instant();
        standing = new Standing(request, began);
        client = new ClientSide(request);
        patience = new Patience(gateway.settings.deadlines(), began, request.stream());
        context = gateway.vertx.getOrCreateContext();
        heartbeatAt = began.plus(gateway.settings.heartbeatAfter());
    }

    /** Begins an exchange. It needs no further attention. */
    public static void begin(Gateway gateway, InferenceRequest request, InstantSource clock) {
        Exchange exchange = new Exchange(gateway, request, clock);
        gateway.inFlight.begin(exchange);
        request.response().closeHandler(gone -> exchange.clientGone());
        request.response().exceptionHandler(broken -> exchange.clientGone());
        exchange.find(null);
    }

    private void find(@Nullable Instant viewSince) {
        try {
            Gateway.Search search = gateway.find(request, viewSince);
            straight &= search.warm();
            leave = search.leave();
            search.place().onSuccess(this::forward).onFailure(this::fail);
        } catch (RuntimeException refused) {
            fail(refused);
        }
    }

    /** The instance has admitted the request, so it is not unloaded; what is left is a free place there. */
    private void forward(Gateway.Place found) {
        leave = null;
        place = found;
        using = found.instance();
        if (ended) {
            release();
            return;
        }
        lineSince = clock.instant();
        switch (seat.take(gateway.admissions.at(found.host().name(), found.instance()))) {
            case ADMITTED -> send(found);
            case WAITS -> {
                straight = false;
                patience.queued(lineSince);
                tell(
                        "request.queued",
                        "Other requests work at " + found.instance().identifier() + ".");
            }
            case FULL -> failure(gateway.full());
        }
    }

    /** Told by whoever has left a place, on any thread. */
    @Override
    public void admitted() {
        context.runOnContext(ignored -> {
            Gateway.Place found = place;
            if (found != null && seat.turnHasCome()) {
                send(found);
            }
        });
    }

    private void send(Gateway.Place found) {
        Instant now = clock.instant();
        client.describe(found, Duration.between(lineSince, now));
        if (!straight) {
            tell(
                    "request.forwarded",
                    "It was sent to the host as " + found.instance().identifier() + ".");
        }
        patience.sent(now);
        standing.sent(found, now);
        gateway.client
                .request(request.to(found.host().endpoint()))
                .compose(sending -> {
                    upstream = sending;
                    if (ended) {
                        sending.reset().onFailure(gone -> {});
                    }
                    return sending.send(
                            request.body().forwarded(found.instance().identifier()));
                })
                .onSuccess(answer -> answered(found, answer))
                .onFailure(this::unanswered);
    }

    private void answered(Gateway.Place place, HttpClientResponse answer) {
        if (ended) {
            return;
        }
        standing.answering();
        boolean events = answer.statusCode() == 200
                && String.valueOf(answer.getHeader("Content-Type")).startsWith(ClientSide.EVENT_STREAM);
        var names = new AnswerCheck(place.instance().identifier(), place.model());
        var way = new Delivery(this, request.route(), client, patience, clock, names, answer);
        if (events && request.stream()) {
            new Relay(way).start();
        } else {
            new WholeAnswer(way).start();
        }
    }

    /** A refused connection proves that nothing started; any other break does not. */
    private void unanswered(Throwable error) {
        if ((error instanceof ConnectException || request.route().repeatable()) && mayBeSentAgain()) {
            sendAgain();
        } else {
            failure(Failure.of(
                    FailureCode.UPSTREAM_ERROR,
                    "The connection to the host broke before it answered ("
                            + error.getClass().getSimpleName() + ")."));
        }
    }

    /** Only while the client has not had a byte of an answer, and only once. */
    boolean mayBeSentAgain() {
        return !sentAgain && !ended;
    }

    /** The instance was not there: asks for one anew. The loader looks first, so this cannot go on a stale view. */
    void sendAgain() {
        sentAgain = true;
        straight = false;
        tell("request.sent_again", "The instance was not there any more; another one is asked for, on a new look.");
        release();
        HttpClientRequest before = upstream;
        if (before != null) {
            before.reset().onFailure(gone -> {});
        }
        upstream = null;
        patience.searching();
        standing.waiting();
        find(clock.instant());
    }

    /** The answer has an id by which a later request may go on from it: at the same host, as no other knows it. */
    void answeredUnder(String id) {
        Gateway.Place found = place;
        if (found != null
                && request.route().isRemembered()
                && gateway.fleet.hosts().size() > 1) {
            gateway.conversations.answered(id, found.host().name());
        }
    }

    /**
     * The answer is empty. A model that crashed ends so as well as one that has nothing to say, so {@code then} runs only
     * once the host shows the instance on a look from now on.
     */
    void onceSeenAgain(Runnable then) {
        doubt.raise(clock.instant(), then);
    }

    @Override
    public void check() {
        context.runOnContext(ignored -> {
            if (!ended) {
                checkTimes();
            }
        });
    }

    private void checkTimes() {
        Instant now = clock.instant();
        Gateway.Place found = place;
        if (found != null && doubt.provesLoss(found, now)) {
            noteCrash(found);
            failure(Failure.of(
                            FailureCode.UPSTREAM_ERROR,
                            "The host lost the model while it answered, and the answer is empty.")
                    .with("reason", "crashed"));
        }
        if (ended) {
            return;
        }
        Failure late = patience.exceeded(now);
        if (late != null) {
            failure(late);
        } else if (request.stream() && !patience.hasReceived() && !heartbeatAt.isAfter(now)) {
            client.heartbeat();
            heartbeatAt = now.plus(gateway.settings.heartbeatAfter());
        }
    }

    private void clientGone() {
        if (!ended) {
            end("client_gone");
        }
    }

    /** Told by a stop, from another thread: whoever still waits gets a typed end. */
    @Override
    public void shutDown() {
        context.runOnContext(ignored -> failure(Failure.of(FailureCode.SHUTTING_DOWN, "The bridge is shutting down.")));
    }

    /** Told by an operator, from another thread. Clients of OpenAI's would send a conflict again of their own accord. */
    @Override
    public void cancel() {
        context.runOnContext(ignored -> {
            if (!ended && !client.hasBegun()) {
                request.response().putHeader("X-Should-Retry", "false");
            }
            failure(Failure.of(FailureCode.CONFLICT, "The request was cancelled by an operator of the bridge."));
        });
    }

    @Override
    public Standing standing() {
        return standing;
    }

    /** Told by a loader, from another thread. Who asks again gets the model loaded again, so it is busy, not gone. */
    @Override
    public void unloaded(String host, String identifier) {
        context.runOnContext(ignored -> {
            Gateway.Place found = place;
            if (using != null
                    && found != null
                    && found.host().name().equals(host)
                    && found.instance().identifier().equals(identifier)) {
                failure(Failure.of(FailureCode.MODEL_BUSY, "'" + identifier + "' is unloaded by force. Try again.")
                        .withRetryAfter(Duration.ofSeconds(1)));
            }
        });
    }

    private void fail(Throwable error) {
        if (!ended) {
            failure(BusFailures.of(error));
        }
    }

    /**
     * The host has refused the request, or has failed with it.
     *
     * @param text what it said, null if nothing readable
     */
    void hostFailed(int status, @Nullable String text, @Nullable Duration retryAfter) {
        Gateway.Place found = place;
        if (found != null && Upstream.saysModelCrashed(text)) {
            noteCrash(found);
        }
        if (found != null && Upstream.saysModelIsGone(text) && request.route().streams() && Gateway.onlyEmbeds(found)) {
            failure(Failure.invalid("model", "'" + found.model() + "' makes embeddings; it cannot be asked for text."));
            return;
        }
        Failure failure = Upstream.failure(status, text, retryAfter);
        failure(failure, Upstream.status(status, failure));
    }

    private void noteCrash(Gateway.Place found) {
        Slots there = seat.slots();
        if (there != null) {
            gateway.admissions.crashed(found.host().name(), found.instance(), there);
        }
    }

    /** The request ends with a failure. */
    void failure(Failure failure) {
        failure(failure, failure.code().status());
    }

    /** The same under a status of its own, while a status can be sent. */
    void failure(Failure failure, int status) {
        if (ended) {
            return;
        }
        if (client.hasBegun() && client.stream().writeQueueFull()) {
            client.drop();
        } else {
            client.fail(failure, status);
        }
        end(failure.code().text());
    }

    /** The host has answered a part: the instance is there. */
    void alive(Instant now) {
        Instance answering = using;
        if (answering != null) {
            answering.alive(now);
        }
    }

    /** The client has its whole answer. */
    void succeeded() {
        end("success");
    }

    /** The client has the error event with which the host has ended its stream. */
    void failedByItsHost() {
        end(FailureCode.UPSTREAM_ERROR.text());
    }

    boolean isEnded() {
        return ended;
    }

    /** Has something done once the event loop has seen to all that has come by now. */
    void atEndOfTurn(Runnable action) {
        context.runOnContext(ignored -> action.run());
    }

    private void end(String outcome) {
        if (ended) {
            return;
        }
        ended = true;
        Runnable waiting = leave;
        if (waiting != null) {
            waiting.run();
        }
        HttpClientRequest sending = upstream;
        if (sending != null && !outcome.equals("success")) {
            sending.reset().onFailure(gone -> {});
        }
        release();
        gateway.inFlight.end(this);
        Instant now = clock.instant();
        gateway.meters.requestEnded(request.route().path(), outcome, Duration.between(began, now));
        remember(outcome, now);
    }

    private void remember(String outcome, Instant now) {
        Gateway.Place found = place;
        if (found == null) {
            gateway.chronicle.ended(request.requestId(), request.model(), null, outcome, began);
        } else if (straight && outcome.equals("success")) {
            gateway.chronicle.straight(
                    request.requestId(), found.model(), found.host().name(), began, now);
        } else {
            gateway.chronicle.ended(
                    request.requestId(), found.model(), found.host().name(), outcome, began);
        }
    }

    private void tell(String event, String detail) {
        gateway.chronicle.request(request.requestId()).add(gateway.chronicle.now(event, detail));
    }

    private void release() {
        seat.giveBack();
        Instance held = using;
        if (held != null) {
            using = null;
            held.leave();
        }
    }
}
