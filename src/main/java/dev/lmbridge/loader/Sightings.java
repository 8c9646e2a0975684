package dev.lmbridge.loader;

import dev.lmbridge.host.HostEvent;
import dev.lmbridge.lmstudio.HostUnreachable;
import dev.lmbridge.lmstudio.LmStudioHttp;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** One host as it is seen, by HTTP and by {@code lms ps}, as events for its core. The futures never fail. */
final class Sightings {
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
                .<HostEvent>map(seen -> new HostEvent.Observed(seen, startedAt))
                .otherwise(Sightings::unseen);
    }

    Future<HostEvent> rows(Duration deadline) {
        Instant startedAt = clock.instant();
        return lms.rows(deadline)
                .<HostEvent>map(rows -> new HostEvent.RowsRead(rows, startedAt))
                .otherwise(error -> new HostEvent.RowsFailed(BusFailures.of(error), startedAt));
    }

    private static HostEvent unseen(Throwable error) {
        return new HostEvent.ObservationFailed(
                String.valueOf(error.getMessage()),
                error instanceof HostUnreachable unreachable && unreachable.refused());
    }
}
