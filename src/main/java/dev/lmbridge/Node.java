package dev.lmbridge;

import dev.lmbridge.gateway.InFlight;
import dev.lmbridge.loader.Fleet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node: what it serves, where, and how it ends. */
record Node(Vertx vertx, Fleet fleet, int port, AtomicBoolean draining, InFlight inFlight, List<String> loaders) {
    /** How long answers under way may take to finish once a stop was asked for. */
    static final Duration DRAIN = Duration.ofSeconds(30);

    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final Duration UNDEPLOY = Duration.ofSeconds(15);
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /**
     * Stops: takes nothing new, lets answers finish, then ends what is left with a typed error, ends processes of
     * {@code lms}, closes. Every step is bounded, and the next comes whether or not one was done in time.
     */
    Future<Void> stop() {
        draining.set(true);
        LOG.atInfo().addKeyValue("inFlight", inFlight.count()).log("stopping");
        return within(DRAIN, inFlight.whenEmpty())
                .compose(drained -> {
                    inFlight.shutDown();
                    return within(FAREWELL, inFlight.whenEmpty());
                })
                .compose(told -> within(
                        UNDEPLOY,
                        Future.join(loaders.stream().map(vertx::undeploy).toList())))
                .compose(undeployed -> within(UNDEPLOY, vertx.close()))
                .onSuccess(closed -> LOG.info("stopped"));
    }

    private static Future<Void> within(Duration limit, Future<?> step) {
        return step.timeout(limit.toMillis(), TimeUnit.MILLISECONDS).transform(done -> Future.succeededFuture());
    }
}
