package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.settings.HttpSettings;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long one request may still take, by where it stands. The host's clock stands still while the client holds us back. */
final class Patience {
    private static final Duration QUEUE_RETRY = Duration.ofSeconds(5);

    private final HttpSettings.Deadlines deadlines;
    private final Instant began;
    private final boolean stream;

    private @Nullable Instant queued;
    private @Nullable Instant sent;
    private @Nullable Instant received;
    private @Nullable Instant held;

    Patience(HttpSettings.Deadlines deadlines, Instant began, boolean stream) {
        this.deadlines = deadlines;
        this.began = began;
        this.stream = stream;
    }

    /** An instance is looked for: whatever was sent before counts no more. */
    void searching() {
        queued = null;
        sent = null;
        received = null;
        held = null;
    }

    /** The request waits for a place at its instance. */
    void queued(Instant now) {
        queued = now;
    }

    /** The request is on its way to the host. */
    void sent(Instant now) {
        queued = null;
        sent = now;
        received = null;
    }

    /** Bytes of the answer came. */
    void received(Instant now) {
        received = now;
    }

    /** The client takes nothing more for now. */
    void held(Instant now) {
        if (held == null) {
            held = now;
        }
    }

    /** The client takes again. */
    void released(Instant now) {
        held = null;
        received = now;
    }

    /** Whether the answer has begun to come. */
    boolean hasReceived() {
        return received != null;
    }

    /** What has taken too long; null if nothing has. */
    @Nullable
    Failure exceeded(Instant now) {
        if (over(began, deadlines.total(), now)) {
            return timeout("The whole request took longer than", deadlines.total());
        }
        if (queued != null) {
            return over(queued, deadlines.queue(), now)
                    ? Failure.of(
                                    FailureCode.QUEUE_TIMEOUT,
                                    "The model was busy with other requests for "
                                            + deadlines.queue().toSeconds() + " s.")
                            .withRetryAfter(QUEUE_RETRY)
                    : null;
        }
        if (held != null) {
            return over(held, deadlines.clientStalled(), now)
                    ? timeout("The client took nothing for", deadlines.clientStalled())
                    : null;
        }
        if (received != null) {
            return over(received, deadlines.betweenTokens(), now)
                    ? timeout("The host sent nothing more for", deadlines.betweenTokens())
                    : null;
        }
        // An answer in one piece comes when it is complete: only the total bounds it.
        return sent != null && stream && over(sent, deadlines.firstToken(), now)
                ? timeout("The host sent nothing for", deadlines.firstToken())
                : null;
    }

    private static boolean over(Instant since, Duration limit, Instant now) {
        return !since.plus(limit).isAfter(now);
    }

    private static Failure timeout(String what, Duration limit) {
        return Failure.of(FailureCode.UPSTREAM_TIMEOUT, what + " " + limit.toSeconds() + " s.");
    }
}
