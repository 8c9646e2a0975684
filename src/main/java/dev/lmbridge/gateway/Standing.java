package dev.lmbridge.gateway;

import dev.lmbridge.host.Instance;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where one request stands. Its own event loop writes it; whoever wants to know reads it. */
public final class Standing {
    /** How far a request has come. */
    public enum Phase {
        /** It has no instance yet. */
        WAITING,
        /** It is at the host, which has not answered yet. */
        SENT,
        /** The answer is coming. */
        ANSWERING
    }

    /**
     * All of it, as it was at one moment.
     *
     * @param model as the client named it, and its catalogue key once an instance has it; null for the default model
     * @param host null before an instance has it, and so is {@code identifier}
     * @param sentAt null before that
     */
    public record Now(
            Phase phase,
            @Nullable String model,
            @Nullable String host,
            @Nullable String identifier,
            @Nullable Instant sentAt) {}

    private final InferenceRequest request;
    private final Instant since;
    private volatile Now now;

    Standing(InferenceRequest request, Instant since) {
        this.request = request;
        this.since = since;
        now = unsent();
    }

    public String id() {
        return request.requestId();
    }

    public String path() {
        return request.route().path();
    }

    public boolean stream() {
        return request.stream();
    }

    public Instant since() {
        return since;
    }

    public Now now() {
        return now;
    }

    /** How long it has waited, or had waited, for an instance. */
    public Duration waited(Now known, Instant at) {
        Instant until = known.sentAt() == null ? at : known.sentAt();
        return until.isBefore(since) ? Duration.ZERO : Duration.between(since, until);
    }

    void waiting() {
        now = unsent();
    }

    private Now unsent() {
        return new Now(Phase.WAITING, request.model(), null, null, null);
    }

    void sent(Gateway.Place place, Instant at) {
        Instance instance = place.instance();
        now = new Now(Phase.SENT, place.model(), place.host().name(), instance.identifier(), at);
    }

    void answering() {
        Now before = now;
        now = new Now(Phase.ANSWERING, before.model(), before.host(), before.identifier(), before.sentAt());
    }
}
