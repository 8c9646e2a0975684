package dev.lmbridge.loader;

import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.explain.Happening;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Cause;
import dev.lmbridge.host.Finding;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.host.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The stable names, the sentences and the facts of what happens on one host. */
final class ModelEvents {
    private final String host;
    private final Chronicle chronicle;

    ModelEvents(String host, Chronicle chronicle) {
        this.host = host;
        this.chronicle = chronicle;
    }

    Happening of(String event, String detail) {
        return chronicle.now(event, detail).with("host", host);
    }

    private Happening of(String event, String identifier, String detail) {
        return of(event, detail).with("identifier", identifier);
    }

    Happening queued(HostNotice.CallerQueued queued, @Nullable String request) {
        boolean load = queued.change() == HostNotice.Change.LOAD;
        List<String> behind = queued.behind().stream().map(ModelEvents::text).toList();
        int more = queued.ahead() - behind.size();
        String place = behind.isEmpty()
                ? "nothing goes before it"
                : "it waits behind " + String.join(", ", behind) + (more > 0 ? " and " + more + " more" : "");
        return of(
                        load ? "model.queued" : "model.unload_queued",
                        by(request) + (load ? " needs the model, which is not in memory; " : " wants the model gone; ")
                                + place + ".")
                .with("request", request)
                .with("rule", "asked")
                .with("position", queued.position())
                .with("behind", behind.isEmpty() ? null : behind);
    }

    private static String text(HostNotice.Ahead ahead) {
        return (ahead.change() == HostNotice.Change.LOAD ? "the load of " : "the unload of ") + ahead.model();
    }

    private static String by(@Nullable String request) {
        return request == null ? "A peer on the event bus" : "Request " + request;
    }

    Happening joined(HostNotice.CallerJoined joined) {
        return of(
                        "request.joined",
                        "A load of " + joined.model() + (joined.underWay() ? " is under way" : " is queued") + ", and "
                                + joined.others() + " other(s) wait for it: this request waits with them.")
                .with("underWay", joined.underWay())
                .with("others", joined.others());
    }

    Happening loading(HostNotice.Loading loading, int attempt, @Nullable String request) {
        boolean begins = loading.percent() == 0;
        return of(
                        "model.loading",
                        loading.identifier(),
                        begins
                                ? "A load was begun"
                                        + (request == null ? "" : ", since request " + request + " asked")
                                        + (attempt > 1 ? "; attempt " + attempt + "." : ".")
                                : "The load has reached " + loading.percent() + " %.")
                .with("request", request)
                .with("rule", "asked")
                .with("attempt", attempt)
                .with("ttlSeconds", loading.ttl().toSeconds())
                .with("percent", begins ? null : loading.percent());
    }

    Happening unloading(HostNotice.Begun begun, @Nullable String request) {
        boolean own = begun.callers() == 0;
        return of(
                        "model.unloading",
                        (own ? "The bridge lets it go" : by(request) + " asked for it") + "; no new request is let in.")
                .with("request", request)
                .with("rule", own ? "own" : "asked");
    }

    /** What the end of an instance is called that the bridge has unloaded. */
    static String gone(Cause cause) {
        return switch (cause) {
            case IDLE -> "model.expired";
            case MEMORY -> "model.evicted";
            case ASKED, DUPLICATE, WANTED -> "model.unloaded";
        };
    }

    /** The model that a notice is about; null if it is about the host. */
    static @Nullable String model(HostNotice notice) {
        return switch (notice) {
            case HostNotice.Appeared it -> it.model().value();
            case HostNotice.LoadSucceeded it -> it.model().value();
            case HostNotice.LoadFailed it -> it.model().value();
            case HostNotice.Retrying it -> it.model().value();
            case HostNotice.Abandoned it -> it.model().value();
            case HostNotice.Found it -> it.model().value();
            case HostNotice.Unloaded it -> it.model().value();
            case HostNotice.UnloadFailed it -> it.model().value();
            case HostNotice.Expired it -> it.model().value();
            case HostNotice.Vanished it -> it.model().value();
            case HostNotice.Doubted it -> it.model().value();
            case HostNotice.DoubtOver it -> it.model().value();
            case HostNotice.MakesRoom it -> it.model().value();
            case HostNotice.WaitsForMemory it -> it.model().value();
            case HostNotice.MemoryRefused it -> it.model().value();
            case HostNotice.NoRoom it -> it.model().value();
            case HostNotice.FindingBegan it -> key(it.finding());
            case HostNotice.FindingEnded it -> key(it.finding());
            case HostNotice.Repairing it -> it.model().value();
            case HostNotice.Rearmed it -> it.model().value();
            case HostNotice.RearmFailed it -> it.model().value();
            case HostNotice.Adopted it -> it.model().value();
            case HostNotice.LeaseCreated it -> it.lease().model().value();
            case HostNotice.LeaseRenewed it -> it.lease().model().value();
            case HostNotice.LeaseReleased it -> it.lease().model().value();
            case HostNotice.LeaseExpired it -> it.lease().model().value();
            case HostNotice.Pinned it -> it.model().value();
            case HostNotice.BreakerOpened it -> it.scope() == HostNotice.Scope.MODEL ? it.name() : null;
            case HostNotice.BreakerTried it -> it.scope() == HostNotice.Scope.MODEL ? it.name() : null;
            case HostNotice.BreakerClosed it -> it.scope() == HostNotice.Scope.MODEL ? it.name() : null;
            default -> null;
        };
    }

    /** What a notice is in the chronicle; null if it has no place there. */
    @Nullable
    Happening of(HostNotice notice, @Nullable String request) {
        return switch (notice) {
            case HostNotice.Appeared it ->
                of(
                        "model.loaded",
                        it.identifier(),
                        "The host lists it. Whether it stays, and its TTL, is checked next.");
            case HostNotice.LoadSucceeded it -> verified(it);
            case HostNotice.LoadFailed it -> failed(it.failure(), it.took());
            case HostNotice.Retrying it ->
                of(
                                "model.retrying",
                                "Attempt " + it.attempt() + " failed; the next begins in "
                                        + it.pause().toMillis() + " ms at the earliest.")
                        .with("rule", it.failure().code().text())
                        .with("attempt", it.attempt())
                        .with("pauseMs", it.pause().toMillis());
            case HostNotice.Abandoned it ->
                of(
                                "model.abandoned",
                                it.identifier(),
                                "Nobody waits for this load any more, and other operations do: it is ended.")
                        .with("rule", "unwanted");
            case HostNotice.Found it ->
                of(
                                "model.found",
                                it.identifier(),
                                it.foreign()
                                        ? "The host lists it, and somebody else has loaded it."
                                        : "The host lists it, under a name that this bridge gives.")
                        .with("foreign", it.foreign());
            case HostNotice.Unloaded it ->
                of(gone(it.cause()), it.identifier(), "It was unloaded, and the host lists it no longer.")
                        .with("rule", it.cause().text())
                        .with("request", request);
            case HostNotice.UnloadFailed it ->
                of("model.unload_failed", it.identifier(), it.failure().detail())
                        .with("code", it.failure().code().text());
            case HostNotice.Expired it ->
                of("model.expired", it.identifier(), "Nobody used it for the time of its TTL, and the host let it go.")
                        .with("rule", "ttl");
            case HostNotice.Vanished it ->
                of(
                                "model.vanished",
                                it.identifier(),
                                "The host lists it no longer: not by its TTL, and not by this bridge.")
                        .with("rule", "elsewhere");
            case HostNotice.Doubted it ->
                of(
                                "model.doubted",
                                it.identifier(),
                                "Its load had to be killed and may go on at the host; it is not loaded again meanwhile.")
                        .with("rule", "doubt");
            case HostNotice.DoubtOver it ->
                of(
                                "model.doubt_over",
                                it.identifier(),
                                it.appeared()
                                        ? "The host has loaded it after all."
                                        : "The host has not loaded it; it may be loaded anew.")
                        .with("appeared", it.appeared());
            case HostNotice.BreakerOpened it ->
                breaker(
                                "breaker.opened",
                                it.scope(),
                                it.failures() + " failures in a row: nothing is begun for "
                                        + it.recovery().toSeconds() + " s.")
                        .with("failures", it.failures())
                        .with("recoverySeconds", it.recovery().toSeconds());
            case HostNotice.BreakerTried it ->
                breaker("breaker.half_open", it.scope(), "One attempt is let through, and decides.");
            case HostNotice.BreakerClosed it -> breaker("breaker.closed", it.scope(), "An attempt has succeeded.");
            case HostNotice.HostDown it -> of("host.down", "The host does not answer: " + it.why());
            case HostNotice.HostUp it -> of("host.up", "The host answers.");
            case HostNotice.MakesRoom it ->
                of(
                                "model.evicting",
                                it.identifier(),
                                "Nobody uses it, and " + it.forModel() + " needs its memory: it is unloaded.")
                        .with("rule", "memory")
                        .with("for", it.forModel().value());
            case HostNotice.WaitsForMemory it ->
                of(
                                "model.waiting_for_memory",
                                it.closed().isEmpty()
                                        ? "Its memory is held by models that were loaded or used just now, or may be: it waits."
                                        : "Its memory is held by models in use: " + String.join(", ", it.closed())
                                                + " admit nobody else, and go when the last answer is complete.")
                        .with("rule", "memory")
                        .with("requiredBytes", it.requiredBytes())
                        .with("freeBytes", it.freeBytes())
                        .with("closed", it.closed().isEmpty() ? null : it.closed());
            case HostNotice.MemoryRefused it ->
                of(
                                "model.memory_refused",
                                "The host has too little memory for it. Room is made, and it is tried once more.")
                        .with("rule", "memory")
                        .with("freesBytes", it.freesBytes());
            case HostNotice.NoRoom it ->
                of("model.no_room", "It is wanted, but there is no memory for it now: it is not loaded.")
                        .with("rule", "memory")
                        .with("requiredBytes", it.requiredBytes());
            case HostNotice.FindingBegan it ->
                finding("finding.began", it.finding(), it.finding().detail());
            case HostNotice.FindingEnded it ->
                finding("finding.ended", it.finding(), "It is as it should be again.")
                        .with("lastedMs", it.lasted().toMillis());
            case HostNotice.Repairing it ->
                of(
                                "model.repairing",
                                it.cause() == Cause.WANTED
                                        ? "It is to be in memory and is not: it is loaded again."
                                        : "It is in memory more than once: what nobody uses is unloaded.")
                        .with("rule", it.cause().text())
                        .with("attempt", it.attempt());
            case HostNotice.Rearmed it ->
                of("model.rearmed", it.identifier(), "It is wanted for longer: its TTL at the host begins anew.")
                        .with("proven", it.proven());
            case HostNotice.RearmFailed it ->
                of(
                                "model.expiring",
                                it.identifier(),
                                "It is wanted for longer, but its TTL at the host could not begin anew: " + it.why())
                        .with("attempt", it.attempt());
            case HostNotice.Adopted it ->
                of("model.adopted", it.identifier(), "Somebody else has loaded it; it is treated as our own.")
                        .with("rule", "foreign");
            case HostNotice.LeaseCreated it -> lease("lease.created", it.lease(), " keeps it for a time.");
            case HostNotice.LeaseRenewed it -> lease("lease.renewed", it.lease(), " keeps it for a further time.");
            case HostNotice.LeaseReleased it -> lease("lease.released", it.lease(), " does not need it any more.");
            case HostNotice.LeaseExpired it -> lease("lease.expired", it.lease(), " has not renewed its lease.");
            case HostNotice.Pinned it ->
                of(
                                it.pinned() ? "model.pinned" : "model.unpinned",
                                it.pinned() ? "It is to stay for good." : "It need not stay any more.")
                        .with("rule", "asked");
            default -> null;
        };
    }

    private static @Nullable String key(Finding finding) {
        return finding.model() == null ? null : finding.model().value();
    }

    private Happening finding(String event, Finding finding, String detail) {
        return of(event, detail).with("rule", finding.kind().text()).with("subject", finding.subject());
    }

    private Happening lease(String event, Lease lease, String what) {
        return of(event, "'" + lease.owner() + "'" + what)
                .with("lease", lease.id())
                .with("owner", lease.owner())
                .with("until", lease.until().toString());
    }

    private Happening verified(HostNotice.LoadSucceeded loaded) {
        Duration ttl = loaded.ttl();
        return of(
                        "model.verified",
                        loaded.identifier(),
                        ttl == null
                                ? "It is in memory; the host tells no TTL."
                                : "It is in memory, and goes when nobody uses it for " + ttl.toSeconds() + " s.")
                .with("ttlSeconds", ttl == null ? null : ttl.toSeconds())
                .with("tookMs", loaded.took().toMillis());
    }

    private Happening failed(Failure failure, Duration took) {
        boolean unverified = failure.code() == FailureCode.MODEL_VERIFICATION_FAILED;
        return of(unverified ? "model.verification_failed" : "model.load_failed", failure.detail())
                .with("code", failure.code().text())
                .with("reason", failure.more().get("reason"))
                .with("tookMs", took.toMillis());
    }

    private Happening breaker(String event, HostNotice.Scope scope, String detail) {
        return of(event, detail).with("scope", scope.name().toLowerCase(Locale.ROOT));
    }
}
