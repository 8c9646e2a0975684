package dev.lmbridge.loader;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.events.News;
import dev.lmbridge.events.Topics;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Cause;
import dev.lmbridge.host.Finding;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.host.Lease;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What of that which happens on a host others can follow, by its public name. */
final class HostEvents {
    private HostEvents() {}

    /** Without a default: whoever adds a notice decides here what it is called. */
    static Optional<News> of(String host, HostNotice notice) {
        News news = switch (notice) {
            case HostNotice.Queued it -> queue("model.queued", it.model()).with("position", it.position());
            case HostNotice.Loading it ->
                queue("model.loading", it.model(), it.identifier())
                        .with("percent", it.percent())
                        .with("ttlSeconds", it.ttl().toSeconds());
            case HostNotice.Appeared it -> model("model.loaded", it.model(), it.identifier());
            case HostNotice.LoadSucceeded it ->
                queue("model.verified", it.model(), it.identifier())
                        .with("ttlSeconds", it.ttl() == null ? null : it.ttl().toSeconds())
                        .with("tookMs", it.took().toMillis());
            case HostNotice.LoadFailed it ->
                failed(queue(failedName(it.failure()), it.model()), it.failure())
                        .with("tookMs", it.took().toMillis());
            case HostNotice.Retrying it ->
                queue("model.retrying", it.model())
                        .with("code", it.failure().code().text())
                        .with("attempt", it.attempt())
                        .with("pauseMs", it.pause().toMillis());
            case HostNotice.Abandoned it ->
                queue("model.abandoned", it.model(), it.identifier()).with("rule", "unwanted");
            case HostNotice.Found it ->
                model("model.found", it.model(), it.identifier()).with("foreign", it.foreign());
            case HostNotice.Unloaded it ->
                queue(ModelEvents.gone(it.cause()), it.model(), it.identifier())
                        .with("rule", it.cause().text());
            case HostNotice.UnloadFailed it ->
                failed(queue("model.unload_failed", it.model(), it.identifier()), it.failure());
            case HostNotice.Expired it ->
                model("model.expired", it.model(), it.identifier()).with("rule", "ttl");
            case HostNotice.Vanished it -> model("model.vanished", it.model(), it.identifier());
            case HostNotice.BreakerOpened it ->
                breaker("breaker.opened", it.scope(), it.name(), host)
                        .with("failures", it.failures())
                        .with("retryAfterSeconds", it.recovery().plusMillis(999).toSeconds());
            case HostNotice.BreakerTried it -> breaker("breaker.half_open", it.scope(), it.name(), host);
            case HostNotice.BreakerClosed it -> breaker("breaker.closed", it.scope(), it.name(), host);
            case HostNotice.HostUp it -> News.of(Topics.HOSTS, "host.up");
            case HostNotice.HostDown it -> News.of(Topics.HOSTS, "host.down").with("detail", it.why());
            // Of one caller, or a step that only the log and explain are interested in.
            case HostNotice.CallerLooks it -> null;
            case HostNotice.CallerQueued it -> null;
            case HostNotice.CallerJoined it -> null;
            case HostNotice.Begun it -> null;
            case HostNotice.RowsUnread it -> null;
            case HostNotice.Doubted it -> null;
            case HostNotice.DoubtOver it -> null;
            case HostNotice.MakesRoom it ->
                model("model.evicting", it.model(), it.identifier())
                        .with("rule", Cause.MEMORY.text())
                        .with("for", it.forModel().value());
            case HostNotice.WaitsForMemory it ->
                queue("model.waiting_for_memory", it.model()).with("requiredBytes", it.requiredBytes());
            case HostNotice.MemoryRefused it -> queue("model.memory_refused", it.model());
            case HostNotice.NoRoom it -> queue("model.no_room", it.model()).with("requiredBytes", it.requiredBytes());
            case HostNotice.Rearmed it -> model("model.rearmed", it.model(), it.identifier());
            case HostNotice.RearmFailed it ->
                model("model.expiring", it.model(), it.identifier()).with("detail", it.why());
            case HostNotice.Adopted it -> model("model.adopted", it.model(), it.identifier());
            case HostNotice.LeaseCreated it -> lease("lease.created", it.lease());
            case HostNotice.LeaseRenewed it -> lease("lease.renewed", it.lease());
            case HostNotice.LeaseReleased it -> lease("lease.released", it.lease());
            case HostNotice.LeaseExpired it -> lease("lease.expired", it.lease());
            case HostNotice.Pinned it -> model(it.pinned() ? "model.pinned" : "model.unpinned", it.model(), null);
            case HostNotice.FindingBegan it -> finding("finding.began", it.finding());
            case HostNotice.FindingEnded it -> finding("finding.ended", it.finding());
            case HostNotice.Repairing it ->
                model("model.repairing", it.model(), null)
                        .with("rule", it.cause().text())
                        .with("attempt", it.attempt());
        };
        return Optional.ofNullable(news).map(known -> known.with("host", host));
    }

    private static News lease(String name, Lease lease) {
        return model(name, lease.model(), null)
                .with("lease", lease.id())
                .with("owner", lease.owner())
                .with("until", lease.until().toString());
    }

    private static News finding(String name, Finding finding) {
        return News.of(Topics.HOSTS, name)
                .with("finding", finding.kind().text())
                .with("subject", finding.subject())
                .with("detail", finding.detail());
    }

    private static News model(String name, ModelKey model, @Nullable String identifier) {
        return News.of(Topics.MODELS, name).with("model", model.value()).with("identifier", identifier);
    }

    /** Of a model, and something that changes what waits for its turn. */
    private static News queue(String name, ModelKey model, @Nullable String identifier) {
        return model(name, model, identifier).under(Topics.QUEUE);
    }

    private static News queue(String name, ModelKey model) {
        return queue(name, model, null);
    }

    private static String failedName(Failure failure) {
        return failure.code() == FailureCode.MODEL_VERIFICATION_FAILED
                ? "model.verification_failed"
                : "model.load_failed";
    }

    private static News failed(News news, Failure failure) {
        return news.with("code", failure.code().text())
                .with("reason", failure.more().get("reason"))
                .with("detail", failure.detail());
    }

    private static News breaker(String name, HostNotice.Scope scope, String about, String host) {
        return News.of(Topics.BREAKERS, name)
                .with("scope", scope.name().toLowerCase(Locale.ROOT))
                .with("name", about.isEmpty() ? host : about);
    }
}
