package dev.lmbridge.loader;

import dev.lmbridge.events.EventLog;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Cause;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.host.Lease;
import dev.lmbridge.host.MemoryFigures;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.observe.Meters;
import dev.lmbridge.store.AuditLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Turns what happens to hosts into log lines, metrics and events; a {@link Narrator} remembers it. */
public final class HostReport {
    private static final Logger LOG = LoggerFactory.getLogger(HostReport.class);

    private final Meters meters;
    private final Chronicle chronicle;
    private final AuditLog audit;
    private final InstantSource clock;
    private final EventLog events;

    /** Without an audit. */
    public HostReport(Meters meters, Chronicle chronicle) {
        this(meters, chronicle, AuditLog.NONE, () -> Instant.EPOCH);
    }

    /** With events that nobody follows. */
    public HostReport(Meters meters, Chronicle chronicle, AuditLog audit, InstantSource clock) {
        this(meters, chronicle, audit, clock, new EventLog("", clock));
    }

    public HostReport(Meters meters, Chronicle chronicle, AuditLog audit, InstantSource clock, EventLog events) {
        this.meters = meters;
        this.chronicle = chronicle;
        this.audit = audit;
        this.clock = clock;
        this.events = events;
    }

    /** Tells the chronicle of one host. */
    Narrator narrator(HostHandle host) {
        return new Narrator(host, chronicle);
    }

    void loaded(String host, int instances) {
        meters.loaded(host, instances);
    }

    void memory(String host, MemoryFigures memory) {
        meters.memory(host, memory.budgetBytes(), memory.heldBytes());
    }

    void lmsEnded(String command, LmsOutcome outcome) {
        String ending = outcome.ending().name().toLowerCase(Locale.ROOT);
        meters.lmsEnded(command, ending, outcome.took());
        LOG.atDebug()
                .addKeyValue("command", command)
                .addKeyValue("ending", ending)
                .addKeyValue("exitCode", outcome.exitCode())
                .addKeyValue("tookMs", outcome.took().toMillis())
                .log("lms ended");
    }

    /** Tells what happens to the narrator's host. */
    void tell(Narrator narrator, HostNotice notice) {
        // Asked first: with the end of a load the narrator forgets whose it was.
        String asker = narrator.asker();
        narrator.tell(notice);
        tell(narrator.host(), notice, asker);
    }

    /** @param asker the request that what happens is done for, if one is known */
    void tell(String host, HostNotice notice, @Nullable String asker) {
        HostEvents.of(host, notice).ifPresent(events::append);
        HostAudit.entry(clock.instant(), host, notice, asker).ifPresent(audit::tell);
        switch (notice) {
            case HostNotice.Queued queued ->
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", queued.model().value())
                        .addKeyValue("position", queued.position())
                        .log("load queued");
            case HostNotice.Loading loading ->
                LOG.atLevel(loading.percent() == 0 ? Level.INFO : Level.DEBUG)
                        .addKeyValue("host", host)
                        .addKeyValue("model", loading.model().value())
                        .addKeyValue("identifier", loading.identifier())
                        .addKeyValue("ttlSeconds", loading.ttl().toSeconds())
                        .addKeyValue("percent", loading.percent())
                        .log("model loading");
            case HostNotice.LoadSucceeded loaded -> {
                meters.loadEnded(loaded.model().value(), "success", loaded.took());
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", loaded.model().value())
                        .addKeyValue("identifier", loaded.identifier())
                        .addKeyValue(
                                "ttlSeconds",
                                loaded.ttl() == null ? null : loaded.ttl().toSeconds())
                        .addKeyValue("tookMs", loaded.took().toMillis())
                        .log("model loaded and verified");
            }
            case HostNotice.LoadFailed failed -> {
                String code = failed.failure().code().text();
                meters.loadEnded(failed.model().value(), code, failed.took());
                if (failed.failure().code() == FailureCode.MODEL_VERIFICATION_FAILED) {
                    String reason = String.valueOf(failed.failure().more().get("reason"));
                    meters.verificationFailed(failed.model().value(), reason);
                }
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("model", failed.model().value())
                        .addKeyValue("code", code)
                        .addKeyValue("detail", failed.failure().detail())
                        .addKeyValue("tookMs", failed.took().toMillis())
                        .log("model load failed");
            }
            case HostNotice.Found found ->
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", found.model().value())
                        .addKeyValue("identifier", found.identifier())
                        .addKeyValue("foreign", found.foreign())
                        .log("model found loaded");
            case HostNotice.Unloaded gone -> {
                if (gone.cause() != Cause.ASKED) {
                    meters.evicted(gone.cause().text());
                }
                gone(host, gone.model().value(), gone.identifier(), "model unloaded");
            }
            case HostNotice.UnloadFailed failed ->
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("model", failed.model().value())
                        .addKeyValue("identifier", failed.identifier())
                        .addKeyValue("code", failed.failure().code().text())
                        .addKeyValue("detail", failed.failure().detail())
                        .log("model unload failed");
            case HostNotice.Expired gone -> {
                meters.found("expired");
                gone(host, gone.model().value(), gone.identifier(), "model expired");
            }
            case HostNotice.Vanished gone -> {
                meters.found("vanished");
                gone(host, gone.model().value(), gone.identifier(), "model vanished");
            }
            case HostNotice.RowsUnread unread ->
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("code", unread.failure().code().text())
                        .addKeyValue("detail", unread.failure().detail())
                        .log("lms ps could not be read");
            case HostNotice.Retrying again -> {
                meters.retried("load", again.attempt());
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("model", again.model().value())
                        .addKeyValue("reason", again.failure().code().text())
                        .addKeyValue("attempt", again.attempt())
                        .addKeyValue("pauseMs", again.pause().toMillis())
                        .log("load is tried again");
            }
            case HostNotice.Doubted doubted ->
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("model", doubted.model().value())
                        .addKeyValue("identifier", doubted.identifier())
                        .log("load was ended and may go on at the host");
            case HostNotice.DoubtOver over ->
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", over.model().value())
                        .addKeyValue("identifier", over.identifier())
                        .addKeyValue("appeared", over.appeared())
                        .log("doubt about a load is over");
            case HostNotice.BreakerOpened opened -> {
                meters.breaker(host, scope(opened.scope()), opened.name(), Meters.BREAKER_OPEN);
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("scope", scope(opened.scope()))
                        .addKeyValue("name", opened.name())
                        .addKeyValue("failures", opened.failures())
                        .addKeyValue("recoverySeconds", opened.recovery().toSeconds())
                        .log("breaker opened");
            }
            case HostNotice.BreakerTried tried -> {
                meters.breaker(host, scope(tried.scope()), tried.name(), Meters.BREAKER_HALF_OPEN);
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("scope", scope(tried.scope()))
                        .addKeyValue("name", tried.name())
                        .log("breaker lets one attempt through");
            }
            case HostNotice.BreakerClosed closed -> {
                meters.breaker(host, scope(closed.scope()), closed.name(), Meters.BREAKER_CLOSED);
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("scope", scope(closed.scope()))
                        .addKeyValue("name", closed.name())
                        .log("breaker closed");
            }
            case HostNotice.Abandoned given ->
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", given.model().value())
                        .addKeyValue("identifier", given.identifier())
                        .log("load is given up, since nobody waits for it");
            case HostNotice.CallerLooks looks -> {}
            case HostNotice.CallerQueued queued -> {}
            case HostNotice.CallerJoined joined -> {}
            case HostNotice.Begun begun -> {}
            case HostNotice.Appeared appeared -> {}
            case HostNotice.HostUp up -> LOG.atInfo().addKeyValue("host", host).log("host up");
            case HostNotice.FindingBegan began -> FindingReport.began(meters, host, began.finding());
            case HostNotice.FindingEnded ended -> FindingReport.ended(meters, host, ended);
            case HostNotice.Repairing repair -> FindingReport.repairing(meters, host, repair);
            case HostNotice.HostDown down ->
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("why", down.why())
                        .log("host down");
            case HostNotice.MakesRoom going ->
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", going.model().value())
                        .addKeyValue("identifier", going.identifier())
                        .addKeyValue("for", going.forModel().value())
                        .log("model goes to make room for another");
            case HostNotice.WaitsForMemory waits ->
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", waits.model().value())
                        .addKeyValue("requiredBytes", waits.requiredBytes())
                        .addKeyValue("freeBytes", waits.freeBytes())
                        .addKeyValue("closed", waits.closed())
                        .log("load waits for memory");
            case HostNotice.MemoryRefused refused ->
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("model", refused.model().value())
                        .addKeyValue("detail", refused.failure().detail())
                        .addKeyValue("freesBytes", refused.freesBytes())
                        .log("host has refused a load for want of memory; room is made and it is tried once more");
            case HostNotice.NoRoom none ->
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("model", none.model().value())
                        .addKeyValue("requiredBytes", none.requiredBytes())
                        .log("no room for a model that is wanted");
            case HostNotice.Rearmed armed -> {
                meters.rearmed("success");
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", armed.model().value())
                        .addKeyValue("identifier", armed.identifier())
                        .addKeyValue("proven", armed.proven())
                        .log("ttl at the host begins anew");
            }
            case HostNotice.RearmFailed failed -> {
                meters.rearmed("failed");
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("model", failed.model().value())
                        .addKeyValue("identifier", failed.identifier())
                        .addKeyValue("attempt", failed.attempt())
                        .addKeyValue("why", failed.why())
                        .log("ttl at the host could not begin anew, which is tried again");
            }
            case HostNotice.Adopted adopted ->
                gone(host, adopted.model().value(), adopted.identifier(), "model of somebody else adopted");
            case HostNotice.LeaseCreated it -> lease(host, it.lease(), "created");
            case HostNotice.LeaseRenewed it -> lease(host, it.lease(), "renewed");
            case HostNotice.LeaseReleased it -> lease(host, it.lease(), "released");
            case HostNotice.LeaseExpired it -> lease(host, it.lease(), "expired");
            case HostNotice.Pinned pinned ->
                LOG.atInfo()
                        .addKeyValue("host", host)
                        .addKeyValue("model", pinned.model().value())
                        .log(pinned.pinned() ? "model pinned" : "model unpinned");
        }
    }

    private void lease(String host, Lease lease, String what) {
        meters.leased(what);
        LOG.atInfo()
                .addKeyValue("host", host)
                .addKeyValue("model", lease.model().value())
                .addKeyValue("lease", lease.id())
                .addKeyValue("owner", lease.owner())
                .addKeyValue("until", lease.until())
                .log("lease {}", what);
    }

    private static String scope(HostNotice.Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }

    private static void gone(String host, String model, String identifier, String what) {
        LOG.atInfo()
                .addKeyValue("host", host)
                .addKeyValue("model", model)
                .addKeyValue("identifier", identifier)
                .log(what);
    }
}
