package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets go what nobody wants any more, and keeps what is wanted for longer than the host would keep it. The host's TTL is only there for
 * the day when the bridge does not come back; what counts is the bridge's own idle clock.
 */
final class Keeper {
    /** The host's end and ours are the same if they are this close. */
    private static final Duration SAME = Duration.ofSeconds(1);

    private static final Duration LEAST_MARGIN = Duration.ofSeconds(10);

    /** How long an instance is left alone that could not be let go, since somebody used it. */
    static final Duration SPARED = Duration.ofSeconds(10);

    /** The same if {@code lms unload} has failed: one that hangs keeps others from the host meanwhile. */
    static final Duration SPARED_AFTER_FAILURE = Duration.ofMinutes(1);

    /** How long the proof is waited for that a use has counted: {@code lms ps} may hang for longer than the host keeps an instance. */
    private static final Duration PROVEN_WITHIN = Duration.ofSeconds(5);

    private Keeper() {}

    static void keep(Turn turn) {
        Leases.expire(turn);
        if (turn.stopping || turn.reach != HostState.Reach.UP) {
            return;
        }
        turn.holds.rearming().forEach((identifier, rearming) -> {
            if (!provenBy(rearming).isAfter(turn.now)) {
                armed(turn, identifier, rearming, false);
            }
        });
        for (Instance instance : turn.instances.values()) {
            if (!isKept(turn, instance) || instance.inFlight() > 0 || !instance.isOpen()) {
                continue;
            }
            Instant end = turn.holds.end(instance, turn.now);
            if (!end.isAfter(turn.now)) {
                letGo(turn, instance);
            } else if (!rearmAt(turn, instance, end).isAfter(turn.now)) {
                rearm(turn, instance);
            }
        }
    }

    /** Whether the bridge cares how long it stays: not what somebody else has loaded, unless it is held. */
    private static boolean isKept(Turn turn, Instance instance) {
        return !instance.foreign() || turn.holds.wants(instance.key(), turn.now);
    }

    private static void letGo(Turn turn, Instance instance) {
        Instant spared = turn.holds.spared().get(instance.identifier());
        if ((spared == null || !spared.isAfter(turn.now))
                && turn.queue.size() < turn.policy.queueCapacity()
                && !Requests.isConcerned(turn, instance)
                && Breakers.ofHost(turn).isEmpty()) {
            turn.queue.add(Operation.Unload.own(turn.nextOperation++, instance, Cause.IDLE, turn.now));
        }
    }

    /** Whether an unload of the core's own is still right: what is idle must have stayed so, and what is there twice, too. */
    static boolean mayGo(Turn turn, Operation.Unload unload, Instance instance) {
        return switch (unload.cause()) {
            case IDLE -> !turn.holds.end(instance, turn.now).isAfter(turn.now);
            // The other may have gone since.
            case DUPLICATE ->
                turn.instances.values().stream()
                        .anyMatch(other -> !other.foreign()
                                && other.isOpen()
                                && other.key().equals(instance.key())
                                && !other.identifier().equals(instance.identifier()));
            case MEMORY -> MakingRoom.mayStillGo(turn, instance);
            case ASKED, WANTED -> true;
        };
    }

    /** An unload of the core's own came to nothing: not at once again. */
    static void spare(Turn turn, String identifier, Duration time) {
        if (turn.instances.containsKey(identifier)) {
            turn.holds = turn.holds.sparing(identifier, turn.now.plus(time));
        }
    }

    static void gone(Turn turn, String identifier) {
        if (turn.holds.spared().containsKey(identifier)) {
            turn.holds = turn.holds.sparing(identifier, null);
        }
        Rearming rearming = turn.holds.rearming().get(identifier);
        if (rearming != null && rearming.phase() != Rearming.Phase.UNDER_WAY) {
            turn.holds = turn.holds.rearming(identifier, null);
        }
    }

    /** When the host's clock is to be started anew: {@link Instant#MAX} if that is not needed, or under way. */
    private static Instant rearmAt(Turn turn, Instance instance, Instant end) {
        Instant hostEnd = instance.hostEnd(turn.now);
        Duration ttl = instance.ttl();
        Rearming last = turn.holds.rearming().get(instance.identifier());
        if (hostEnd == null || ttl == null || !end.isAfter(hostEnd.plus(SAME)) || (last != null && !last.isOver())) {
            return Instant.MAX;
        }
        Instant due = hostEnd.minus(margin(ttl));
        return last == null || due.isAfter(last.notBefore()) ? due : last.notBefore();
    }

    /** How long before the host's end it is done: early enough for another try, but not all the time where TTLs are short. */
    private static Duration margin(Duration ttl) {
        Duration tenth = ttl.dividedBy(10);
        Duration wanted = tenth.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : tenth;
        Duration half = ttl.dividedBy(2);
        return wanted.compareTo(half) < 0 ? wanted : half;
    }

    private static void rearm(Turn turn, Instance instance) {
        if (!instance.usage().gate().tryEnter()) {
            return;
        }
        Rearming last = turn.holds.rearming().get(instance.identifier());
        int attempts = last == null ? 1 : last.attempts() + 1;
        turn.holds = turn.holds.rearming(instance.identifier(), Rearming.begun(instance, attempts, turn.now));
        CatalogModel.Kind kind = turn.catalog
                .find(instance.key().value())
                .map(CatalogModel::kind)
                .orElse(CatalogModel.Kind.LLM);
        turn.actions.add(new HostAction.Rearm(instance.identifier(), kind, turn.policy.commandTimeout()));
    }

    /** The smallest inference there is has ended. An answer alone does not show that the host counts it as a use. */
    static void rearmed(Turn turn, String identifier, @Nullable Failure failure) {
        Rearming rearming = turn.holds.rearming().get(identifier);
        if (rearming == null || rearming.phase() != Rearming.Phase.UNDER_WAY) {
            return;
        }
        rearming.usage().gate().leave();
        Instance instance = turn.instances.get(identifier);
        if (instance == null || instance.usage() != rearming.usage()) {
            turn.holds = turn.holds.rearming(identifier, null);
        } else if (failure != null) {
            failed(turn, instance, rearming, failure.detail());
        } else {
            turn.holds = turn.holds.rearming(identifier, rearming.answered(turn.now));
            Looks.readRowsNow(turn);
        }
    }

    private static void failed(Turn turn, Instance instance, Rearming rearming, String why) {
        turn.holds = turn.holds.rearming(instance.identifier(), rearming.failed(turn.now));
        turn.tell(new HostNotice.RearmFailed(instance.key(), instance.identifier(), why, rearming.attempts()));
    }

    /** Rows were read, or could not be ({@code null}): then the answer itself has to do as a proof. */
    static void rowsCame(Turn turn, @Nullable List<InstanceRow> rows, Instant startedAt) {
        for (Map.Entry<String, Rearming> each : turn.holds.rearming().entrySet()) {
            Rearming rearming = each.getValue();
            Instance instance = turn.instances.get(each.getKey());
            if (rearming.phase() != Rearming.Phase.CHECKING || instance == null) {
                continue;
            }
            if (startedAt.isBefore(rearming.since())) {
                Looks.readRowsNow(turn);
            } else if (rows == null || hasMoved(rearming, instance, rows)) {
                armed(turn, each.getKey(), rearming, rows != null);
            } else {
                failed(turn, instance, rearming, "The host does not count the request as a use.");
            }
        }
    }

    private static Instant provenBy(Rearming rearming) {
        return rearming.phase() == Rearming.Phase.CHECKING ? rearming.since().plus(PROVEN_WITHIN) : Instant.MAX;
    }

    private static void armed(Turn turn, String identifier, Rearming rearming, boolean proven) {
        turn.holds = turn.holds.rearming(identifier, null);
        Instance instance = turn.instances.get(identifier);
        if (instance != null) {
            if (!proven) {
                turn.instances.put(identifier, instance.armedAt(rearming.since()));
            }
            turn.tell(new HostNotice.Rearmed(instance.key(), identifier, proven));
        }
    }

    private static boolean hasMoved(Rearming rearming, Instance instance, List<InstanceRow> rows) {
        Optional<InstanceRow> row = rows.stream()
                .filter(one -> one.identifier().equals(instance.identifier()))
                .findFirst();
        return row.isPresent()
                && row.get().lastUsed() != null
                && !Objects.equals(row.get().lastUsed(), rearming.lastUsed());
    }

    /** The earliest moment after now at which something is due here. */
    static Instant wakeAt(Turn turn) {
        Instant wake = turn.holds.leases().firstEnd();
        for (Rearming rearming : turn.holds.rearming().values()) {
            wake = sooner(turn, wake, provenBy(rearming));
        }
        for (Instance instance : turn.instances.values()) {
            if (isKept(turn, instance) && instance.inFlight() == 0 && instance.isOpen()) {
                Instant end = turn.holds.end(instance, turn.now);
                wake = sooner(turn, wake, end);
                wake = sooner(turn, wake, rearmAt(turn, instance, end));
            }
        }
        return wake;
    }

    private static Instant sooner(Turn turn, Instant wake, Instant due) {
        return due.isAfter(turn.now) && due.isBefore(wake) ? due : wake;
    }

    /** The host was seen for the first time: what it is to have from the beginning is loaded, in that order. */
    static void begin(Turn turn) {
        if (turn.holds.toBegin().isEmpty() || turn.stopping || turn.draining) {
            return;
        }
        List<ModelKey> wanted = turn.holds.toBegin();
        turn.holds = turn.holds.begun();
        wanted.forEach(model -> load(turn, model));
    }

    /** Loads a model that is wanted though nobody waits for it, unless it is there or on its way. */
    static void load(Turn turn, ModelKey model) {
        Optional<CatalogModel> known = turn.catalog.find(model.value());
        Pin pin = turn.holds.pins().get(model);
        Integer context = pin == null ? null : pin.contextLength();
        if (known.isPresent()
                && !turn.draining
                && Selection.choose(turn.instances.values(), model.value(), context)
                        .isEmpty()
                && !Requests.isLoading(turn, model)
                && turn.queue.size() < turn.policy.queueCapacity()) {
            turn.queue.add(Operation.Load.own(
                    turn.nextOperation++,
                    model,
                    context,
                    turn.policy.keeping().usual(model),
                    known.get().sizeBytes(),
                    turn.now));
            turn.tell(new HostNotice.Queued(model, turn.queue.size()));
        }
    }
}
