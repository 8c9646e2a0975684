package dev.lmbridge.loader;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Doubt;
import dev.lmbridge.host.HostAction;
import dev.lmbridge.lms.Leftovers;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.store.Intent;
import dev.lmbridge.store.Journal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One host's journal as its loader uses it. The calls block; they belong on a worker thread. */
public final class Intents {
    private static final Logger LOG = LoggerFactory.getLogger(Intents.class);

    private final Journal journal;
    private final Leftovers leftovers;
    private final Duration maxLoad;
    private final Duration doubtFor;
    private final InstantSource clock;
    /** The loads under way, by their marks. */
    private final Map<String, ModelKey> loads = new ConcurrentHashMap<>();
    /** Loads that have ended and stay in the journal for a while. */
    private final Map<ModelKey, Kept> kept = new HashMap<>();

    private record Kept(String mark, Instant until) {}

    /**
     * The intents of one host.
     *
     * @param maxLoad what no load exceeds, however often its deadline is put off
     * @param doubtFor how long a load that was cut off keeps its model from being loaded again
     */
    public Intents(Journal journal, Leftovers leftovers, Duration maxLoad, Duration doubtFor, InstantSource clock) {
        this.journal = journal;
        this.leftovers = leftovers;
        this.maxLoad = maxLoad;
        this.doubtFor = doubtFor;
        this.clock = clock;
    }

    void begin(String mark, HostAction.RunLoad load) {
        Duration latest = load.deadline().compareTo(maxLoad) > 0 ? load.deadline() : maxLoad;
        settle();
        begin(mark, "load", load.key().value(), load.identifier(), latest);
        loads.put(mark, load.key());
    }

    void begin(String mark, HostAction.RunUnload unload) {
        settle();
        begin(mark, "unload", unload.identifier(), unload.identifier(), unload.deadline());
    }

    private void begin(String mark, String operation, String model, String identifier, Duration deadline) {
        Instant now = clock.instant();
        try {
            journal.begin(new Intent(mark, operation, model, identifier, now, now.plus(deadline)));
        } catch (IOException unwritten) {
            throw Failure.of(
                            FailureCode.STORE_UNAVAILABLE,
                            "The " + operation + " was not begun, since it could not be noted in the data directory: "
                                    + unwritten.getMessage())
                    .asException();
        }
    }

    /**
     * A load that was ended by force may go on at the host: it stays in the journal for as long, so that a later run knows of the
     * doubt. An unload leaves none: the next look shows what is there.
     */
    void end(String mark, LmsOutcome.Ending ending) {
        ModelKey loaded = loads.remove(mark);
        boolean byForce = switch (ending) {
            case EXITED, NOT_STARTED -> false;
            case TIMED_OUT, CANCELLED -> true;
        };
        if (loaded != null && byForce) {
            keep(mark, loaded, clock.instant().plus(doubtFor));
        } else {
            crossOut(mark);
        }
    }

    /** One of each model is enough: the youngest. */
    private synchronized void keep(String mark, ModelKey key, Instant until) {
        Kept before = kept.put(key, new Kept(mark, until));
        if (before != null) {
            crossOut(before.mark());
        }
    }

    /** Crosses out what has become certain. */
    private synchronized void settle() {
        Instant now = clock.instant();
        kept.values().removeIf(one -> {
            boolean over = !one.until().isAfter(now);
            if (over) {
                crossOut(one.mark());
            }
            return over;
        });
    }

    /** Ends what the run before has left running, and tells which models it may have loaded. */
    Map<ModelKey, Doubt> recover() throws InterruptedException {
        journal.damage().ifPresent(damage -> LOG.atWarn().log(damage));
        Map<ModelKey, Doubt> doubts = new HashMap<>();
        for (Intent intent : journal.unfinished()) {
            Leftovers.Ended ended = leftovers.end(intent.mark(), intent.identifier());
            Instant now = clock.instant();
            Instant until = doubtUntil(intent, ended, now);
            LOG.atInfo()
                    .addKeyValue("operation", intent.operation())
                    .addKeyValue("identifier", intent.identifier())
                    .addKeyValue("processesEnded", ended.processes())
                    .log("found an operation that was cut off");
            ModelKey key = new ModelKey(intent.model());
            Doubt other = doubts.get(key);
            if (intent.operation().equals("load")
                    && until.isAfter(now)
                    && (other == null || !other.until().isAfter(until))) {
                doubts.put(key, new Doubt(intent.identifier(), until));
                keep(intent.mark(), key, until);
            } else {
                crossOut(intent.mark());
            }
        }
        return doubts;
    }

    /** A load that was interrupted is cancelled at LM Studio; one whose process was killed, or is gone, may go on there. */
    private Instant doubtUntil(Intent intent, Leftovers.Ended ended, Instant now) {
        if (ended.processes() > 0) {
            return ended.byForce() ? now.plus(doubtFor) : now;
        }
        return (now.isBefore(intent.deadline()) ? now : intent.deadline()).plus(doubtFor);
    }

    private void crossOut(String mark) {
        try {
            journal.end(mark);
        } catch (IOException unwritten) {
            LOG.atWarn()
                    .addKeyValue("why", unwritten.getMessage())
                    .log("an end could not be noted in the journal; the next start looks at it again");
        }
    }
}
