package dev.lmbridge.host;

import dev.lmbridge.catalog.InstanceName;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is seen of a host, and what follows from it. */
final class Looks {
    /** The host's clock and ours tick apart: an instance that goes this close to its TTL has expired. */
    private static final Duration EXPIRY_SLACK = Duration.ofSeconds(2);

    private static final Duration HOST_RETRY = Duration.ofSeconds(5);

    private Looks() {}

    static void lookIfDue(Turn turn) {
        if (!turn.looking && !turn.lookAt.isAfter(turn.now) && !turn.stopping) {
            turn.looking = true;
            turn.watch = turn.watch.looking(turn.now);
            turn.actions.add(new HostAction.Look());
        }
        boolean unknownTtl = turn.instances.values().stream().anyMatch(instance -> !instance.ttlKnown());
        if (Paths.areRowsDue(turn, unknownTtl)
                && !turn.stopping
                && Breakers.ofHost(turn).isEmpty()) {
            readRowsNow(turn);
        }
    }

    static void readRowsNow(Turn turn) {
        if (!turn.readingRows) {
            turn.readingRows = true;
            turn.actions.add(new HostAction.ReadRows(turn.policy.commandTimeout()));
        }
    }

    static void saw(Turn turn, Observation observation, Instant startedAt) {
        turn.looking = false;
        if (turn.reach != HostState.Reach.UP) {
            Healing.hostUp(turn, observation.loaded().size());
            Paths.changed(turn);
            turn.reach = HostState.Reach.UP;
            turn.unreachableBecause = "";
            turn.tell(new HostNotice.HostUp());
        }
        turn.observedAt = startedAt;
        turn.catalog = observation.catalog();
        Map<String, LoadedModel> seen = new LinkedHashMap<>();
        observation.loaded().forEach(loaded -> seen.put(loaded.identifier(), loaded));
        dropTheUnseen(turn, seen, startedAt);
        noteTheSeen(turn, seen, startedAt);
        Paths.looked(turn, seen.keySet(), startedAt);
        switch (turn.running) {
            case Operation.Load load when seen.containsKey(load.identifier()) -> Loads.appeared(turn, load);
            case Operation.Load load when !startedAt.isBefore(load.phaseSince()) -> Loads.disappeared(turn, load);
            case Operation.Unload unload when !startedAt.isBefore(unload.phaseSince()) -> Unloads.looked(turn, unload);
            case null, default -> {}
        }
        Keeper.begin(turn);
        Requests.decideAll(turn);
        schedule(turn);
    }

    private static void dropTheUnseen(Turn turn, Map<String, LoadedModel> seen, Instant startedAt) {
        for (Instance instance : List.copyOf(turn.instances.values())) {
            // A look that began before the instance was last seen cannot say that it is gone.
            if (seen.containsKey(instance.identifier()) || startedAt.isBefore(instance.lastSeen())) {
                continue;
            }
            turn.instances.remove(instance.identifier());
            instance.usage().gate().close();
            turn.tell(farewell(turn, instance));
            Keeper.gone(turn, instance.identifier());
        }
    }

    private static HostNotice farewell(Turn turn, Instance instance) {
        if (turn.running instanceof Operation.Unload unload
                && unload.remaining().contains(instance.identifier())) {
            return new HostNotice.Unloaded(instance.key(), instance.identifier(), unload.cause());
        }
        Instant expiry = instance.hostEnd(turn.now);
        return expiry != null && !expiry.isAfter(turn.now.plus(EXPIRY_SLACK))
                ? new HostNotice.Expired(instance.key(), instance.identifier())
                : new HostNotice.Vanished(instance.key(), instance.identifier());
    }

    private static void noteTheSeen(Turn turn, Map<String, LoadedModel> seen, Instant startedAt) {
        String loading = turn.running instanceof Operation.Load load ? load.identifier() : "";
        for (LoadedModel loaded : seen.values()) {
            Doubts.appeared(turn, loaded.key(), loaded.identifier());
            Instance known = turn.instances.get(loaded.identifier());
            if (known != null) {
                known.usage().told(loaded.parallel());
                turn.instances.put(loaded.identifier(), known.seenAt(startedAt, loaded.contextLength()));
            } else if (!loaded.identifier().equals(loading)) {
                turn.instances.put(loaded.identifier(), found(turn, loaded, startedAt));
                turn.rowsAt = turn.now;
            }
        }
    }

    private static Instance found(Turn turn, LoadedModel loaded, Instant startedAt) {
        Optional<Integer> number = InstanceName.number(loaded.identifier(), loaded.key());
        number.ifPresent(taken -> turn.numbers.merge(loaded.key(), taken, Math::max));
        boolean foreign = number.isEmpty();
        turn.tell(new HostNotice.Found(loaded.key(), loaded.identifier(), foreign));
        boolean adopted = foreign && turn.policy.keeping().adopt();
        if (adopted) {
            turn.tell(new HostNotice.Adopted(loaded.key(), loaded.identifier()));
        }
        Usage usage = new Usage(turn.clock, turn.policy.keeping().usual(loaded.key()));
        usage.told(loaded.parallel());
        if (turn.running instanceof Operation.Unload unload
                && unload.remaining().contains(loaded.identifier())) {
            usage.gate().close();
        }
        return new Instance(
                loaded.identifier(),
                loaded.key(),
                foreign && !adopted,
                loaded.contextLength(),
                null,
                false,
                turn.now,
                startedAt,
                null,
                usage);
    }

    static void failed(Turn turn, String why, boolean refused) {
        turn.looking = false;
        if ((refused || !turn.isSeenWithin(HostPolicy.STALE_AFTER)) && turn.reach != HostState.Reach.DOWN) {
            turn.reach = HostState.Reach.DOWN;
            Paths.changed(turn);
            turn.tell(new HostNotice.HostDown(why));
        }
        turn.unreachableBecause = why;
        Paths.notLooked(turn);
        if (turn.reach == HostState.Reach.DOWN) {
            Requests.refuseUndecided(turn, unavailable(turn));
        } else {
            // The view is not fresh but young enough to act on; whoever needs a younger one cannot have it.
            Requests.decideAll(turn);
            Requests.refuseUndecided(turn, unavailable(turn));
        }
        schedule(turn);
    }

    static Failure unavailable(Turn turn) {
        return Failure.of(FailureCode.HOST_UNAVAILABLE, "LM Studio does not answer: " + turn.unreachableBecause)
                .withRetryAfter(HOST_RETRY);
    }

    private static void schedule(Turn turn) {
        boolean attentive = !turn.instances.isEmpty()
                || turn.running != null
                || !turn.queue.isEmpty()
                || !turn.doubts.isEmpty()
                || Paths.isWaiting(turn)
                || Healing.isWaiting(turn)
                || turn.reach == HostState.Reach.DOWN;
        Duration pause = Lane.isPolling(turn)
                ? turn.policy.pollEvery()
                : attentive ? turn.policy.observeEvery() : turn.policy.idleEvery();
        turn.lookAt = turn.undecided.isEmpty() ? turn.now.plus(pause) : turn.now;
    }

    static void rowsRead(Turn turn, List<InstanceRow> rows, Instant startedAt) {
        rowsAnswered(turn);
        Paths.rowsRead(turn, rows, startedAt);
        Breakers.commandWorked(turn);
        for (InstanceRow row : rows) {
            turn.instances.computeIfPresent(row.identifier(), (identifier, instance) -> instance.confirmedBy(row));
        }
        Keeper.rowsCame(turn, rows, startedAt);
        Unloads.rowsCame(turn, rows, startedAt);
        confirming(turn, startedAt).ifPresent(load -> {
            Optional<InstanceRow> row = rows.stream()
                    .filter(one -> one.identifier().equals(load.identifier()))
                    .findFirst();
            Loads.confirmed(turn, load, row);
        });
    }

    static void rowsFailed(Turn turn, Failure failure, Instant startedAt) {
        rowsAnswered(turn);
        Paths.rowsFailed(turn, failure);
        Breakers.commandFailed(turn, failure);
        if (!turn.watch.rows().lmsBroken()) {
            turn.tell(new HostNotice.RowsUnread(failure));
        }
        Keeper.rowsCame(turn, null, startedAt);
        Unloads.rowsCame(turn, null, startedAt);
        confirming(turn, startedAt).ifPresent(load -> Loads.unconfirmed(turn, load));
    }

    private static void rowsAnswered(Turn turn) {
        turn.readingRows = false;
        Duration every = turn.policy.watching().rowsEvery();
        turn.rowsAt = turn.now.plus(every.compareTo(HostPolicy.ROWS_AGAIN) < 0 ? every : HostPolicy.ROWS_AGAIN);
    }

    /** The load that waits for these rows. Rows that were read before it appeared say nothing of it: they are read again. */
    private static Optional<Operation.Load> confirming(Turn turn, Instant startedAt) {
        if (!(turn.running instanceof Operation.Load load) || load.phase() != Operation.Load.Phase.CONFIRMING) {
            return Optional.empty();
        }
        if (startedAt.isBefore(load.phaseSince())) {
            readRowsNow(turn);
            return Optional.empty();
        }
        return Optional.of(load);
    }
}
