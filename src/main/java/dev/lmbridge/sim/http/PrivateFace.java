package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Power;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;

/** The port that {@code lms} looks for: it says that LM Studio is there, and carries the private API, also while the HTTP server is off. */
public final class PrivateFace {
    private final Gate gate;

    public PrivateFace(Vertx vertx, Handler<ServerWebSocket> privateApi) {
        this.gate = new Gate(vertx, privateApi);
    }

    /** The port; 0 asks for any that is free. */
    public Future<Integer> listen(int port) {
        return gate.open(port, PrivateFace::answer);
    }

    /** Cuts the connections, too. */
    public Future<Void> close() {
        return gate.close();
    }

    static ObjectNode status() {
        return Replies.object().put("package", "llmster").put("version", Power.VERSION);
    }

    private static void answer(HttpServerRequest request) {
        request.response().exceptionHandler(error -> {});
        if (request.method().equals(HttpMethod.GET) && request.path().equals("/lms-status")) {
            Replies.json(request.response(), 200, status());
        } else {
            Replies.errorText(
                    request.response(),
                    200,
                    "Unexpected endpoint or method. (" + request.method() + " " + request.path() + ")");
        }
    }
}
