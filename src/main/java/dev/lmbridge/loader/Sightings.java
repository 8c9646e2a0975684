package dev.lmbridge.loader;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.HostAction;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.lmstudio.HostUnreachable;
import dev.lmbridge.lmstudio.LmStudioHttp;
import dev.lmbridge.wire.Addresses;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One host as it is seen, by HTTP and by {@code lms ps}, as events for its core. The futures never fail. */
final class Sightings {
    /** Over all requests of a look; the next one begins when it has ended, so that they never pile up. */
    private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);

    private final LmStudioHttp lmStudio;
    private final LmsCalls lms;
    private final InstantSource clock;

    Sightings(LmStudioHttp lmStudio, LmsCalls lms, InstantSource clock) {
        this.lmStudio = lmStudio;
        this.lms = lms;
        this.clock = clock;
    }

    Future<HostEvent> look() {
        Instant startedAt = clock.instant();
        return lmStudio.look()
                .timeout(LOOK_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .<HostEvent>map(seen -> new HostEvent.Observed(seen, startedAt))
                .otherwise(Sightings::unseen);
    }

    /** Looks for whoever has changed something at the host without its loader: it is answered once that was seen. */
    void lookWhenAsked(EventBus bus, String host, Consumer<HostEvent> seen) {
        bus.<JsonObject>localConsumer(
                Addresses.hostLook(host),
                message -> look().onSuccess(seen::accept).onComplete(done -> message.reply(new JsonObject())));
    }

    Future<HostEvent> rows(Duration deadline) {
        Instant startedAt = clock.instant();
        return lms.rows(deadline)
                .<HostEvent>map(rows -> new HostEvent.RowsRead(rows, startedAt))
                .otherwise(error -> new HostEvent.RowsFailed(BusFailures.of(error), startedAt));
    }

    /** Uses an instance in the smallest way there is. */
    Future<HostEvent> rearm(HostAction.Rearm rearm) {
        return lmStudio.touch(rearm.identifier(), rearm.kind(), rearm.deadline())
                .<HostEvent>map(answered -> new HostEvent.Rearmed(rearm.identifier(), null))
                .otherwise(error -> new HostEvent.Rearmed(
                        rearm.identifier(),
                        Failure.of(FailureCode.UPSTREAM_ERROR, String.valueOf(error.getMessage()))));
    }

    private static HostEvent unseen(Throwable error) {
        return new HostEvent.ObservationFailed(
                String.valueOf(error.getMessage()),
                error instanceof HostUnreachable unreachable && unreachable.refused());
    }
}
