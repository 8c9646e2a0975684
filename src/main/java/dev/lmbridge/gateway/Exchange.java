package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Instance;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Context;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
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
public final class Exchange implements InFlight.Work {
    private static final Duration CHECK_EVERY = Duration.ofMillis(500);

    private final Gateway gateway;
    private final InferenceRequest request;
    private final InstantSource clock;
    private final ClientSide client;
    private final Patience patience;
    private final Context context;
    private final Instant began;

    private long checks;
    private Instant heartbeatAt;
    private boolean ended;
    private boolean sentAgain;
    private boolean straight = true;
    private @Nullable Runnable leave;
    /** The instance that has admitted this request, while it has not been told that the request is over. */
    private @Nullable Instance using;

    private Gateway.@Nullable Place place;
    private @Nullable HttpClientRequest upstream;

    private Exchange(Gateway gateway, InferenceRequest request, InstantSource clock) {
        this.gateway = gateway;
        this.request = request;
        this.clock = clock;
        began = clock.instant();
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
        exchange.checks = gateway.vertx.setPeriodic(CHECK_EVERY.toMillis(), tick -> exchange.check());
        exchange.find(null);
    }

    private void find(@Nullable Instant viewSince) {
        try {
            Gateway.Search search = gateway.find(request.requestId(), request.model(), request.ttl(), viewSince);
            straight &= search.warm();
            leave = search.leave();
            search.place().onSuccess(this::forward).onFailure(this::fail);
        } catch (RuntimeException refused) {
            fail(refused);
        }
    }

    private void forward(Gateway.Place found) {
        leave = null;
        place = found;
        using = found.instance();
        if (ended) {
            release();
            return;
        }
        client.describe(found);
        if (!straight) {
            tell(
                    "request.forwarded",
                    "It was sent to the host as " + found.instance().identifier() + ".");
        }
        HostEndpoint endpoint = found.host().endpoint();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSsl(endpoint.tls())
                .setURI(request.path());
        options.putHeader("Content-Type", "application/json");
        options.putHeader("Accept", request.stream() ? ClientSide.EVENT_STREAM : "application/json");
        endpoint.authorization().ifPresent(value -> options.putHeader("Authorization", value));
        patience.sent(clock.instant());
        gateway.client
                .request(options)
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
        boolean events = answer.statusCode() == 200
                && String.valueOf(answer.getHeader("Content-Type")).startsWith(ClientSide.EVENT_STREAM);
        var names = new AnswerCheck(place.instance().identifier(), place.model());
        if (events && request.stream()) {
            new Relay(this, client, patience, clock, names, answer).start();
        } else {
            new WholeAnswer(this, client, patience, clock, names, answer).start();
        }
    }

    /** A refused connection proves that nothing started; any other break does not. */
    private void unanswered(Throwable error) {
        if (error instanceof ConnectException && mayBeSentAgain()) {
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
        find(clock.instant());
    }

    private void check() {
        Instant now = clock.instant();
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

    private void fail(Throwable error) {
        if (!ended) {
            failure(BusFailures.of(error));
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

    private void end(String outcome) {
        if (ended) {
            return;
        }
        ended = true;
        gateway.vertx.cancelTimer(checks);
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
        gateway.meters.requestEnded(request.path(), outcome, Duration.between(began, now));
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
        Instance held = using;
        if (held != null) {
            using = null;
            held.leave();
        }
    }
}
