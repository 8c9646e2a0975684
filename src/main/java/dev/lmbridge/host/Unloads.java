package dev.lmbridge.host;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps of an unload: gate shut, users gone, the host's own word that it is idle, process, absence seen. */
final class Unloads {
    /** How long requests that are ended by force have to tell their clients. */
    private static final Duration ENDING = Duration.ofSeconds(2);

    private static final Duration ENDING_POLL = Duration.ofMillis(50);

    /** The host may call an instance busy for a moment after the last answer: it is asked so often before it is believed. */
    private static final int CHECKS = 2;

    private Unloads() {}

    static void begin(Turn turn, Operation.Unload unload) {
        List<Instance> targets = wanted(turn, unload);
        Optional<Failure> refusal = targets.isEmpty()
                ? Optional.empty()
                : Breakers.ofHost(turn)
                        .or(() -> Paths.refusal(turn))
                        .or(() -> unload.force() ? Optional.empty() : refusal(turn, unload, targets));
        if (refusal.isPresent()) {
            giveUp(turn, unload, refusal.get());
            return;
        }
        Operation.Unload started =
                unload.started(targets.stream().map(Instance::identifier).toList(), turn.now);
        int inFlight = inFlight(targets);
        if (targets.isEmpty()) {
            proceed(turn, started);
        } else if (unload.force()) {
            targets.forEach(instance -> instance.usage().gate().close());
            tellBegun(turn, started);
            if (inFlight == 0) {
                proceed(turn, started);
            } else {
                targets.forEach(instance -> turn.actions.add(new HostAction.EndUsers(instance.identifier())));
                turn.running = started.draining(turn.now.plus(ENDING), turn.now);
            }
        } else if (inFlight == 0) {
            check(turn, started);
        } else {
            drain(turn, started, targets);
        }
    }

    /** An order names a model or an instance; what the core itself wants gone is one instance, whatever else its name may mean. */
    private static List<Instance> wanted(Turn turn, Operation.Unload unload) {
        if (unload.cause() == Cause.ASKED) {
            return Requests.named(turn, unload.name());
        }
        Instance one = turn.instances.get(unload.name());
        return one == null ? List.of() : List.of(one);
    }

    /** Why an unload without force is not begun. */
    private static Optional<Failure> refusal(Turn turn, Operation.Unload unload, List<Instance> targets) {
        Optional<Failure> held = Leases.refusal(turn, unload.key());
        if (held.isPresent()) {
            return held;
        }
        boolean unwanted = targets.stream().allMatch(instance -> Keeper.mayGo(turn, unload, instance));
        return unwanted
                        && (inFlight(targets) == 0
                                || drainLimit(turn, unload, targets).isAfter(turn.now))
                ? Optional.empty()
                : Optional.of(Requests.busy(unload.key(), inFlight(targets)));
    }

    /** Until when those inside have time. What the bridge itself does there to keep the instance is no use of it, and short. */
    private static Instant drainLimit(Turn turn, Operation.Unload unload, List<Instance> targets) {
        Instant own = users(turn, targets) == 0 ? turn.now.plus(turn.policy.commandTimeout()) : Instant.MIN;
        return own.isAfter(unload.patience()) ? own : unload.patience();
    }

    /** How many use these instances, without the bridge's own re-arming. */
    static int users(Turn turn, List<Instance> targets) {
        long own =
                targets.stream().filter(instance -> isRearmed(turn, instance)).count();
        return Math.max(0, inFlight(targets) - (int) own);
    }

    private static boolean isRearmed(Turn turn, Instance instance) {
        Rearming rearming = turn.holds.rearming().get(instance.identifier());
        return rearming != null && rearming.phase() == Rearming.Phase.UNDER_WAY && rearming.usage() == instance.usage();
    }

    private static int inFlight(List<Instance> targets) {
        return targets.stream().mapToInt(Instance::inFlight).sum();
    }

    private static void drain(Turn turn, Operation.Unload unload, List<Instance> targets) {
        Instant until = drainLimit(turn, unload, targets);
        boolean wasOpen = targets.stream().anyMatch(Instance::isOpen);
        targets.forEach(instance -> instance.usage().gate().close());
        if (wasOpen) {
            tellBegun(turn, unload);
        }
        turn.running = unload.draining(until, turn.now);
    }

    private static void tellBegun(Turn turn, Operation.Unload unload) {
        turn.tell(new HostNotice.Begun(
                unload.id(),
                HostNotice.Change.UNLOAD,
                unload.key(),
                1,
                unload.callers().size()));
    }

    /** Asks the host whether somebody else uses it: its own word counts, and only {@code lms ps} tells it. */
    private static void check(Turn turn, Operation.Unload unload) {
        turn.running = unload.checking(turn.now);
        Looks.readRowsNow(turn);
    }

    /** In each step: nobody tells the core that the last user has left. */
    static void goOn(Turn turn) {
        if (!(turn.running instanceof Operation.Unload unload) || unload.stage() == Operation.Unload.Stage.RUNNING) {
            return;
        }
        List<Instance> targets = targets(turn, unload);
        if (turn.stopping || (!unload.isWanted() && !unload.force())) {
            turn.running = null;
            reopen(turn, unload);
        } else if (unload.stage() == Operation.Unload.Stage.DRAINING) {
            if (inFlight(targets) == 0 && !unload.force()) {
                check(turn, unload);
            } else if (inFlight(targets) == 0
                    || (unload.force() && !unload.drainUntil().isAfter(turn.now))) {
                proceed(turn, unload.running(turn.now));
            } else if (!unload.drainUntil().isAfter(turn.now)) {
                stop(turn, unload, Requests.busy(unload.key(), inFlight(targets)));
            }
        }
    }

    private static List<Instance> targets(Turn turn, Operation.Unload unload) {
        return turn.instances.values().stream()
                .filter(instance -> unload.remaining().contains(instance.identifier()))
                .toList();
    }

    /** When those inside are looked for again. */
    static Instant wakeAt(Turn turn) {
        if (!(turn.running instanceof Operation.Unload unload)
                || unload.stage() != Operation.Unload.Stage.DRAINING
                || turn.stopping) {
            return Instant.MAX;
        }
        Instant next = turn.now.plus(unload.force() ? ENDING_POLL : turn.policy.pollEvery());
        return unload.drainUntil().isBefore(next) && unload.drainUntil().isAfter(turn.now) ? unload.drainUntil() : next;
    }

    /** Rows came, or could not be read ({@code null}): then whoever asked gets what they asked for, and the core lets it be. */
    static void rowsCame(Turn turn, @Nullable List<InstanceRow> rows, Instant startedAt) {
        if (!(turn.running instanceof Operation.Unload unload) || unload.stage() != Operation.Unload.Stage.CHECKING) {
            return;
        }
        if (startedAt.isBefore(unload.phaseSince())) {
            Looks.readRowsNow(turn);
            return;
        }
        Set<String> busy = rows == null
                ? Set.of()
                : rows.stream()
                        .filter(row -> row.busy() && unload.remaining().contains(row.identifier()))
                        .map(InstanceRow::identifier)
                        .collect(Collectors.toSet());
        if (rows == null && unload.cause() != Cause.ASKED) {
            stop(turn, unload, Failure.of(FailureCode.UPSTREAM_ERROR, "lms ps does not tell whether it is in use."));
        } else if (!busy.isEmpty() && unload.checks() < CHECKS && unload.cause() == Cause.ASKED) {
            check(turn, unload);
        } else if (!busy.isEmpty()) {
            stop(turn, unload, busyAtTheHost(unload));
        } else {
            shut(turn, unload);
        }
    }

    private static Failure busyAtTheHost(Operation.Unload unload) {
        return Failure.of(
                FailureCode.MODEL_BUSY,
                "LM Studio says that '" + unload.key()
                        + "' is at work, for somebody who does not use this bridge. Wait, or unload with force.");
    }

    /** The last moment at which a request may still come in. Whoever left since has stamped the idle clock before. */
    private static void shut(Turn turn, Operation.Unload unload) {
        List<Instance> targets = targets(turn, unload);
        if (targets.isEmpty() && unload.cause() != Cause.ASKED) {
            // It has gone of its own accord.
            turn.running = null;
            return;
        }
        boolean wasOpen = targets.stream().anyMatch(Instance::isOpen);
        boolean idle = true;
        for (Instance instance : targets) {
            idle &= instance.usage().gate().closeIfIdle();
        }
        Optional<Failure> refusal = refusal(turn, unload, targets);
        if (refusal.isPresent()) {
            stop(turn, unload, refusal.get());
        } else if (!idle) {
            drain(turn, unload, targets);
        } else {
            if (wasOpen) {
                tellBegun(turn, unload);
            }
            proceed(turn, unload.running(turn.now));
        }
    }

    /** Unloads the first that remains; with none left, answers. */
    private static void proceed(Turn turn, Operation.Unload unload) {
        if (unload.remaining().isEmpty()) {
            turn.running = null;
            Answer answer = new Answer.Unloaded(unload.key(), unload.gone());
            unload.callers().forEach(caller -> turn.reply(caller.id(), answer));
            return;
        }
        if (turn.stopping) {
            // Whoever asked was told so, and no further process is begun.
            turn.running = null;
            reopen(turn, unload);
            return;
        }
        // Where several go, the world may have changed since the first.
        Optional<Failure> refusal =
                Paths.refusal(turn).or(() -> unload.force() ? Optional.empty() : Leases.refusal(turn, unload.key()));
        if (refusal.isPresent()) {
            stop(turn, unload, refusal.get());
            return;
        }
        turn.running = unload;
        turn.actions.add(
                new HostAction.RunUnload(unload.id(), unload.remaining().getFirst(), turn.policy.commandTimeout()));
    }

    static void processEnded(Turn turn, Operation.Unload unload, @Nullable Failure failure) {
        if (unload.exited()) {
            return;
        }
        turn.lookNow();
        if (failure == null) {
            Breakers.commandWorked(turn);
            turn.running = unload.processExited(turn.now);
        } else {
            Breakers.commandFailed(turn, failure);
            fail(turn, unload, failure);
        }
    }

    /** A look that began after the process had ended shows whether the instance is gone. */
    static void looked(Turn turn, Operation.Unload unload) {
        if (unload.exited() && !turn.instances.containsKey(unload.remaining().getFirst())) {
            proceed(turn, unload.next(turn.now));
        }
    }

    static void neverWent(Turn turn, Operation.Unload unload) {
        fail(
                turn,
                unload,
                Failure.of(
                        FailureCode.UPSTREAM_ERROR,
                        "LM Studio still lists '" + unload.remaining().getFirst() + "' after its unload."));
    }

    private static void fail(Turn turn, Operation.Unload unload, Failure failure) {
        turn.tell(new HostNotice.UnloadFailed(unload.key(), unload.remaining().getFirst(), failure));
        stop(turn, unload, failure);
        if (unload.cause() != Cause.ASKED) {
            Keeper.spare(turn, unload.name(), Keeper.SPARED_AFTER_FAILURE);
        }
    }

    /** It comes to nothing: everything is as before. */
    private static void stop(Turn turn, Operation.Unload unload, Failure failure) {
        turn.running = null;
        reopen(turn, unload);
        giveUp(turn, unload, failure);
    }

    private static void reopen(Turn turn, Operation.Unload unload) {
        for (String identifier : unload.remaining()) {
            Instance instance = turn.instances.get(identifier);
            if (instance != null) {
                instance.usage().gate().reopen();
            }
        }
    }

    private static void giveUp(Turn turn, Operation.Unload unload, Failure failure) {
        turn.refuseAll(unload.callers(), failure);
        if (unload.cause() != Cause.ASKED) {
            Keeper.spare(turn, unload.name(), Keeper.SPARED);
        }
    }
}
