package dev.lmbridge.sim;

import dev.lmbridge.sim.http.HttpFace;
import dev.lmbridge.sim.http.PrivateFace;
import dev.lmbridge.sim.machine.Power;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of LM Studio, opened and closed as its power says. While a port is closed, another program can get it, if only for a moment
 * and for an outgoing connection: so opening is tried again for a while.
 */
final class Ports implements Power.Doors {
    private static final long AGAIN_MILLIS = 100;
    private static final int MOST_ATTEMPTS = 100;
    private static final Logger log = LoggerFactory.getLogger(Ports.class);

    private final Vertx vertx;
    private final Context context;
    private final HttpFace http;
    private final PrivateFace privateApi;
    private final LmStudioFolder folder;
    private int privatePort;
    private int httpTurn;
    private int privateTurn;

    Ports(Vertx vertx, Context context, HttpFace http, PrivateFace privateApi, LmStudioFolder folder) {
        this.vertx = vertx;
        this.context = context;
        this.http = http;
        this.privateApi = privateApi;
        this.folder = folder;
    }

    /** Opens both for the first time; the HTTP port then. It fails when the wanted one is not free. */
    Future<Power.Http> begin(int wantedHttpPort) {
        return http.listen(wantedHttpPort)
                .compose(port -> privateApi.listen(0).map(opened -> {
                    privatePort = opened;
                    folder.privatePort(opened);
                    Power.Http open = new Power.Http(port, "127.0.0.1", false);
                    folder.httpServer(port, open.networkInterface());
                    return open;
                }));
    }

    /** The port of the private API; it does not change. */
    int privatePort() {
        return privatePort;
    }

    @Override
    public void openHttp(Power.Http wanted, Runnable whenOpen) {
        folder.httpServer(wanted.port(), wanted.networkInterface());
        int turn = ++httpTurn;
        context.runOnContext(nothing -> tryHttp(wanted, whenOpen, turn, 1));
    }

    @Override
    public void closeHttp() {
        httpTurn++;
        close(http.close());
    }

    @Override
    public void openPrivate() {
        int turn = ++privateTurn;
        context.runOnContext(nothing -> tryPrivate(turn, 1));
    }

    @Override
    public void closePrivate() {
        privateTurn++;
        close(privateApi.close());
    }

    private void tryHttp(Power.Http wanted, Runnable whenOpen, int turn, int attempt) {
        if (turn != httpTurn) {
            return;
        }
        http.listen(wanted.port(), wanted.cors()).onComplete(opened -> {
            if (turn != httpTurn) {
                // Closed while it opened; whoever came next has the port, or nobody.
                return;
            }
            if (opened.succeeded()) {
                whenOpen.run();
            } else {
                again(wanted.port(), opened.cause(), attempt, () -> tryHttp(wanted, whenOpen, turn, attempt + 1));
            }
        });
    }

    private void tryPrivate(int turn, int attempt) {
        if (turn != privateTurn) {
            return;
        }
        privateApi.listen(privatePort).onFailure(busy -> {
            if (turn == privateTurn) {
                again(privatePort, busy, attempt, () -> tryPrivate(turn, attempt + 1));
            }
        });
    }

    private void again(int port, Throwable busy, int attempt, Runnable attemptAgain) {
        if (attempt < MOST_ATTEMPTS) {
            vertx.setTimer(AGAIN_MILLIS, timer -> attemptAgain.run());
        } else {
            log.atWarn().addKeyValue("port", port).setCause(busy).log("the port of the simulation could not be opened");
        }
    }

    private static void close(Future<Void> closing) {
        closing.onFailure(failed -> log.warn("a port of the simulation did not close cleanly", failed));
    }
}
