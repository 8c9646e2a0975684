package dev.lmbridge.sim.http;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.util.Set;

/**
 * The HTTP server of LM Studio: which route does what. The WebSockets of its private API go to whoever speaks that. It can be closed and
 * opened again.
 */
public final class HttpFace {
    /** The paths of LM Studio's private WebSocket API. */
    public static final Set<String> SOCKET_PATHS =
            Set.of("/llm", "/embedding", "/system", "/repository", "/diagnostics", "/files", "/plugins", "/runtime");

    /** The version that {@code /lms-status} names. */
    public static final String VERSION = Power.VERSION;

    private final Routes routes;
    private final Gate gate;

    public HttpFace(Vertx vertx, SimMachine machine, CallLog log, Handler<ServerWebSocket> privateApi) {
        this.routes = new Routes(machine, log);
        this.gate = new Gate(vertx, privateApi);
    }

    /** The port; 0 asks for any that is free. */
    public Future<Integer> listen(int port) {
        return listen(port, false);
    }

    /** The same; with {@code cors}, pages of any website may ask. */
    public Future<Integer> listen(int port, boolean cors) {
        return gate.open(port, cors ? this::answerAnyone : routes::handle);
    }

    /** Stops listening, and cuts the connections, answers in the middle included. */
    public Future<Void> close() {
        return gate.close();
    }

    private void answerAnyone(HttpServerRequest request) {
        HttpServerResponse response = request.response().putHeader("Access-Control-Allow-Origin", "*");
        if (request.method().equals(HttpMethod.OPTIONS)) {
            String headers = request.getHeader("Access-Control-Request-Headers");
            response.putHeader("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
                    .putHeader("Access-Control-Allow-Headers", headers == null ? "*" : headers)
                    .setStatusCode(204)
                    .end();
        } else {
            routes.handle(request);
        }
    }
}
