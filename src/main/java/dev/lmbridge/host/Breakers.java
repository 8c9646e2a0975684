package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The breakers of one host: its own, and one for each model that has failed since it last loaded.
 *
 * @param host of the host itself
 * @param models those that have a failure in a row
 * @param timedOut models whose last load timed out, since anything last worked; each new one counts against the host
 */
public record Breakers(Breaker host, Map<ModelKey, Breaker> models, Set<ModelKey> timedOut) {
    static final Breakers CLOSED = new Breakers(Breaker.CLOSED, Map.of(), Set.of());

    public Breakers {
        models = Map.copyOf(models);
        timedOut = Set.copyOf(timedOut);
    }

    public Breaker of(ModelKey key) {
        return models.getOrDefault(key, Breaker.CLOSED);
    }

    /** Why nothing is begun for this model now, if so. */
    static Optional<Failure> refusal(Turn turn, ModelKey key) {
        return ofHost(turn)
                .or(() ->
                        refusal("'" + key + "'", "model", turn.breakers.of(key).left(turn.now)));
    }

    private static Optional<Failure> refusal(String what, String scope, Duration left) {
        return left.isZero()
                ? Optional.empty()
                : Optional.of(Failure.of(
                                FailureCode.CIRCUIT_OPEN,
                                what + " has failed too often in a row; it is tried again in " + secondsUp(left)
                                        + " s.")
                        .withRetryAfter(left)
                        .with("scope", scope));
    }

    /** Why no command of {@code lms} is begun on this host now, if so. */
    static Optional<Failure> ofHost(Turn turn) {
        return refusal("This host", "host", turn.breakers.host().left(turn.now));
    }

    static void commandFailed(Turn turn, Failure failure) {
        if (Blame.ofCommand(failure) == Blame.On.HOST) {
            hostFailed(turn);
        }
    }

    /** An attempt begins: with a breaker half open it is the trial. */
    static void tried(Turn turn, ModelKey key) {
        if (turn.breakers.host().state(turn.now) == Breaker.State.HALF_OPEN) {
            turn.tell(new HostNotice.BreakerTried(HostNotice.Scope.HOST, ""));
        }
        if (turn.breakers.of(key).state(turn.now) == Breaker.State.HALF_OPEN) {
            turn.tell(new HostNotice.BreakerTried(HostNotice.Scope.MODEL, key.value()));
        }
    }

    static void loaded(Turn turn, ModelKey key) {
        Map<ModelKey, Breaker> models = new HashMap<>(turn.breakers.models());
        Breaker before = models.remove(key);
        turn.breakers = new Breakers(turn.breakers.host(), models, turn.breakers.timedOut());
        if (before != null && before.openUntil() != null) {
            turn.tell(new HostNotice.BreakerClosed(HostNotice.Scope.MODEL, key.value()));
        }
        commandWorked(turn);
    }

    /** Something worked: the host is not to blame for what did not. */
    static void commandWorked(Turn turn) {
        boolean wasOpen = turn.breakers.host().openUntil() != null;
        turn.breakers = new Breakers(Breaker.CLOSED, turn.breakers.models(), Set.of());
        if (wasOpen) {
            turn.tell(new HostNotice.BreakerClosed(HostNotice.Scope.HOST, ""));
        }
    }

    static void loadFailed(Turn turn, ModelKey key, Blame blame) {
        switch (blame.on()) {
            case NOBODY -> {}
            case HOST -> hostFailed(turn);
            case MODEL -> modelFailed(turn, key, blame);
        }
    }

    private static void modelFailed(Turn turn, ModelKey key, Blame blame) {
        Breakers before = turn.breakers;
        Breaker failed = before.of(key).failed(turn.policy.breaking(), turn.now);
        Map<ModelKey, Breaker> models = new HashMap<>(before.models());
        models.put(key, failed);
        Set<ModelKey> timedOut = new HashSet<>(before.timedOut());
        boolean another = blame.timedOut() && timedOut.add(key);
        if (!blame.timedOut()) {
            timedOut.clear();
        }
        turn.breakers = new Breakers(before.host(), models, timedOut);
        tellIfOpened(turn, HostNotice.Scope.MODEL, key.value(), before.of(key), failed);
        if (another && timedOut.size() >= turn.policy.breaking().failures()) {
            open(turn);
        }
    }

    private static void hostFailed(Turn turn) {
        set(turn, turn.breakers.host().failed(turn.policy.breaking(), turn.now));
    }

    /** So many models in a row have timed out that the host must be the cause. */
    private static void open(Turn turn) {
        HostPolicy.Breaking policy = turn.policy.breaking();
        Breaker host = turn.breakers.host();
        Breaker last = new Breaker(Math.max(host.failures(), policy.failures() - 1), host.openUntil(), host.recovery());
        set(turn, last.failed(policy, turn.now));
    }

    private static void set(Turn turn, Breaker failed) {
        Breaker before = turn.breakers.host();
        turn.breakers = new Breakers(failed, turn.breakers.models(), turn.breakers.timedOut());
        tellIfOpened(turn, HostNotice.Scope.HOST, "", before, failed);
    }

    private static void tellIfOpened(Turn turn, HostNotice.Scope scope, String name, Breaker before, Breaker after) {
        Instant until = after.openUntil();
        if (until != null && !until.equals(before.openUntil())) {
            turn.tell(new HostNotice.BreakerOpened(scope, name, after.failures(), Duration.between(turn.now, until)));
        }
    }

    private static long secondsUp(Duration time) {
        return time.plusMillis(999).toSeconds();
    }
}
