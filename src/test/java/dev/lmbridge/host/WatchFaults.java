package dev.lmbridge.host;

import static dev.lmbridge.host.Choices.Subject.WATCH;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What a schedule has its watchdog notice: one way to the host that fails, or that leads elsewhere; and what it is to keep loaded. */
final class WatchFaults {
    static final Wanted PINNED = new Wanted(new ModelKey("a/one"), Duration.ofHours(1), null, true);
    static final Wanted PRELOADED = new Wanted(new ModelKey("b/two"), Duration.ofMinutes(10), null, false);
    static final Wanted MISSING = new Wanted(new ModelKey("no/such"), Duration.ofMinutes(10), null, true);

    private static final Duration ROWS_EVERY = Duration.ofSeconds(20);
    private static final List<Fault> FAULTS =
            List.of(Fault.LMS_BREAKS, Fault.HTTP_BREAKS, Fault.TTLS_DIFFER, Fault.TWO_MACHINES);

    private WatchFaults() {}

    static HostPolicy watching(Choices choices, HostPolicy policy) {
        List<Wanted> wanted = choices.chance(WATCH, 25) ? List.of(PINNED, PRELOADED, MISSING) : List.of();
        return policy.watching(new HostPolicy.Watching(ROWS_EVERY, true, wanted));
    }

    static void plan(Choices choices, Agenda agenda, RoughHost host, Consumer<Fault> struck) {
        for (int left = choices.next(WATCH, 100) < 70 ? 0 : 2; left > 0; left--) {
            Fault fault = FAULTS.get(choices.next(WATCH, FAULTS.size()));
            int at = choices.next(WATCH, 60_000);
            agenda.in(at, () -> {
                struck.accept(fault);
                set(host, fault, true);
            });
            agenda.in(at + choices.next(WATCH, 120_000), () -> set(host, fault, false));
        }
    }

    private static void set(RoughHost host, Fault fault, boolean begins) {
        switch (fault) {
            case LMS_BREAKS -> host.lmsBroken = begins;
            case HTTP_BREAKS -> host.httpBroken = begins;
            case TTLS_DIFFER -> host.ttlsWrong = begins;
            default -> host.part(begins);
        }
    }
}
