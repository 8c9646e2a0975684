package dev.lmbridge.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Closes connections on which nobody asks anything: opened and silent, half of a head and then nothing, or kept for later
 * far too long. A connection whose request is being answered is left alone, however long that takes. One for each event loop.
 */
final class IdleConnections {
    /** How long the first head may take to come. */
    static final Duration FIRST_HEAD = Duration.ofSeconds(30);

    /** How long the next may take. Longer than common clients keep their connections, so that they close theirs first. */
    static final Duration NEXT_HEAD = Duration.ofMinutes(2);

    private static final int SWITCHING_PROTOCOLS = 101;

    private final InstantSource clock;
    private final Map<HttpConnection, Watch> watches = new HashMap<>();

    private static final class Watch {
        private final List<HttpServerResponse> open = new ArrayList<>(1);
        private boolean asked;
        private long idleSince;

        Watch(long now) {
            idleSince = now;
        }

        boolean isAtWork() {
            open.removeIf(IdleConnections::isOver);
            return !open.isEmpty();
        }
    }

    IdleConnections(InstantSource clock) {
        this.clock = clock;
    }

    /** Has the server's connections watched, and its requests handled. */
    void install(Vertx vertx, HttpServer server, Handler<HttpServerRequest> requests) {
        server.connectionHandler(connection -> {
            watches.put(connection, new Watch(clock.millis()));
            connection.closeHandler(gone -> watches.remove(connection));
        });
        server.requestHandler(request -> {
            Watch watch = watches.get(request.connection());
            if (watch != null) {
                watch.isAtWork();
                watch.open.add(request.response());
                watch.asked = true;
            }
            requests.handle(request);
        });
        vertx.setPeriodic(FIRST_HEAD.toMillis() / 10, tick -> closeIdle());
    }

    private static boolean isOver(HttpServerResponse response) {
        // A web socket's answer has ended, and its connection lives on.
        return response.getStatusCode() != SWITCHING_PROTOCOLS && (response.ended() || response.closed());
    }

    /** Closes what has been idle for too long by now. */
    void closeIdle() {
        long now = clock.millis();
        List<HttpConnection> idle = new ArrayList<>();
        watches.forEach((connection, watch) -> {
            if (watch.isAtWork()) {
                watch.idleSince = now;
            } else if (now - watch.idleSince > (watch.asked ? NEXT_HEAD : FIRST_HEAD).toMillis()) {
                idle.add(connection);
            }
        });
        idle.forEach(connection -> connection.close().onFailure(gone -> {}));
    }
}
