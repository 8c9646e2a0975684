package dev.lmbridge.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.events.EventLog;
import dev.lmbridge.events.EventReader;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.wire.BusFailures;
import dev.lmbridge.wire.EventMessages;
import dev.lmbridge.wire.Problem;
import dev.lmbridge.wire.StrictJson;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket. Events are read from the log only as fast as the client takes them, and while it takes nothing, nothing is read
 * from it either: what is buffered for it is bounded. One that takes nothing for too long, or so little that the log has gone on
 * without it, is told and cut.
 *
 * <p>Runs on the event loop of its connection.
 */
final class EventSocket {
    private static final int OUT_LIMIT = 256 << 10;
    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);
    private static final Duration PING_EVERY = Duration.ofSeconds(30);
    private static final Duration SILENT_FOR = Duration.ofSeconds(90);
    /** For a client to take a farewell and to answer it. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private static final int GOING = 1001;
    private static final int NOT_TEXT = 1003;
    private static final int REFUSED = 1008;
    private static final int TOO_LARGE = 1009;

    private final Vertx vertx;
    private final Context context;
    private final ServerWebSocket socket;
    private final SocketGuard guard;
    private final Snapshots snapshots;
    private final EventLog log;
    private final EventReader reader;
    private final SocketOrders orders;
    private final InstantSource clock;
    private final Duration stalledFor;
    private final Handler<Void> closed;

    private final AtomicBoolean woken = new AtomicBoolean();
    private Runnable stopFollowing = () -> {};
    private long checks;
    private long farewell = -1;
    private Instant heard;
    private Instant pinged;
    private @Nullable Instant held;
    private boolean ending;

    /** @param stalledFor how long the client may take nothing */
    EventSocket(
            Vertx vertx,
            ServerWebSocket socket,
            SocketGuard guard,
            Snapshots snapshots,
            EventLog log,
            SocketOrders orders,
            InstantSource clock,
            Duration stalledFor,
            Handler<Void> closed) {
        this.vertx = vertx;
        this.socket = socket;
        this.guard = guard;
        this.snapshots = snapshots;
        this.log = log;
        this.orders = orders;
        this.clock = clock;
        this.stalledFor = stalledFor;
        this.closed = closed;
        context = vertx.getOrCreateContext();
        reader = new EventReader(log);
        heard = clock.instant();
        pinged = heard;
    }

    void start() {
        socket.setWriteQueueMaxSize(OUT_LIMIT);
        guard.stand();
        socket.textMessageHandler(this::received);
        socket.binaryMessageHandler(bytes -> refuseBinary());
        socket.frameHandler(frame -> heard = clock.instant());
        socket.pongHandler(pong -> heard = clock.instant());
        socket.drainHandler(drained -> goOn());
        socket.closeHandler(this::over);
        socket.exceptionHandler(this::broken);
        stopFollowing = log.follow(this::wake);
        checks = vertx.setPeriodic(CHECK_EVERY.toMillis(), tick -> check());
        write(new JsonObject().put("type", "hello").put("protocol", 1).put("node", log.node()));
    }

    private void received(String text) {
        if (ending) {
            return;
        }
        Object id = null;
        try {
            ObjectNode frame = StrictJson.object(text.getBytes(StandardCharsets.UTF_8));
            id = ClientFrame.id(frame);
            answer(id, ClientFrame.read(frame));
        } catch (RuntimeException refused) {
            fail(id, refused);
        }
    }

    private void answer(Object id, ClientFrame frame) {
        switch (frame) {
            case ClientFrame.Subscribe(List<String> topics, String after) -> subscribe(id, topics, after);
            case ClientFrame.Unsubscribe(List<String> topics) -> {
                // What has happened before it is still told.
                tell();
                reader.leave(topics);
                write(reply("unsubscribed", id).put("topics", new JsonArray(List.copyOf(reader.topics()))));
            }
            case ClientFrame.Order order ->
                orders.begin(order.kind(), order.body())
                        .onSuccess(body -> write(reply("result", id).mergeIn(body)))
                        .onFailure(error -> fail(id, error));
            case ClientFrame.Run run ->
                throw Failure.of(FailureCode.NOT_FOUND, "This node has no agent runs.")
                        .asException();
            case ClientFrame.Ping ping -> write(reply("pong", id));
        }
    }

    /** The cursor is taken before the snapshot: an event in between is told although the snapshot shows it, and none is lost. */
    private void subscribe(Object id, List<String> topics, @Nullable String after) {
        Snapshots.check(topics);
        OptionalLong place = after == null ? OptionalLong.empty() : log.placeOf(after);
        long number = place.orElseGet(log::last);
        if (after != null && place.isEmpty()) {
            write(reply("gap", id).put("topics", new JsonArray(topics)));
        }
        JsonObject frame = reply(place.isPresent() ? "subscribed" : "snapshot", id)
                .put("topics", new JsonArray(topics))
                .put("cursor", log.cursor(number));
        if (place.isEmpty()) {
            snapshots.write(frame, topics);
        }
        reader.follow(topics, number);
        write(frame);
        tell();
    }

    /** Called by whichever thread has told the log something. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            context.runOnContext(ignored -> {
                woken.set(false);
                tell();
            });
        }
    }

    private void tell() {
        while (!ending && held == null) {
            List<EventReader.Heard> events = reader.next();
            if (reader.hasLost()) {
                cut("It has read so slowly that events went by; the latest " + EventLog.CAPACITY + " are kept.");
                return;
            }
            if (events.isEmpty()) {
                return;
            }
            events.forEach(one ->
                    send(new JsonObject().put("type", "event").mergeIn(EventMessages.of(one.event(), one.topic()))));
            holdIfFull();
        }
    }

    private void write(JsonObject frame) {
        if (!ending) {
            send(frame);
            holdIfFull();
        }
    }

    private void send(JsonObject frame) {
        socket.writeTextMessage(frame.encode()).onFailure(gone -> {});
    }

    private void holdIfFull() {
        if (held == null && socket.writeQueueFull()) {
            held = clock.instant();
            socket.pause();
        }
    }

    private void goOn() {
        if (held != null) {
            held = null;
            socket.resume();
            tell();
        }
    }

    private void check() {
        Instant now = clock.instant();
        holdIfFull();
        if (held != null) {
            if (!held.plus(stalledFor).isAfter(now)) {
                cut("It has taken nothing for " + stalledFor.toSeconds() + " s.");
            }
        } else if (!heard.plus(SILENT_FOR).isAfter(now)) {
            end(GOING, "silent");
        } else if (!pinged.plus(PING_EVERY).isAfter(now)) {
            pinged = now;
            socket.writePing(Buffer.buffer()).onFailure(gone -> {});
        }
    }

    private void refuseBinary() {
        fail(
                null,
                Failure.invalid("frame", "must be text: this protocol is JSON.").asException());
        end(NOT_TEXT, "text only");
    }

    /** What is no WebSocket frame says itself how it is to be refused; else a message of many frames was too large. */
    private void broken(Throwable error) {
        if (error instanceof CorruptedWebSocketFrameException frame) {
            end(frame.closeStatus().code(), frame.closeStatus().reasonText());
        } else {
            end(TOO_LARGE, "too large");
        }
    }

    private void cut(String why) {
        if (!ending) {
            send(error(null, Failure.of(FailureCode.QUEUE_FULL, "This client is too slow. " + why)));
            end(REFUSED, "too slow");
        }
    }

    /** The connection is cut some seconds later, whether or not the client has taken the farewell. */
    private void end(int code, String reason) {
        if (!ending) {
            ending = true;
            stop();
            socket.close((short) code, reason).onFailure(gone -> {});
            farewell = vertx.setTimer(FAREWELL.toMillis(), late -> guard.cut());
        }
    }

    private void stop() {
        vertx.cancelTimer(checks);
        stopFollowing.run();
        orders.leaveAll();
    }

    private void over(@Nullable Void gone) {
        ending = true;
        vertx.cancelTimer(farewell);
        stop();
        closed.handle(null);
    }

    private void fail(@Nullable Object id, Throwable error) {
        write(error(id, BusFailures.of(error)));
    }

    /** A problem document, whose {@code type} makes room for the frame's own. */
    private static JsonObject error(@Nullable Object id, Failure failure) {
        return Problem.write(failure, null, null).put("type", "error").put("re", id);
    }

    private static JsonObject reply(String type, Object id) {
        return new JsonObject().put("type", type).put("re", id);
    }
}
