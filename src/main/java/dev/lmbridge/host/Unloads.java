package dev.lmbridge.host;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps of an unload: gate shut, process, absence seen. */
final class Unloads {
    private Unloads() {}

    static void begin(Turn turn, Operation.Unload unload) {
        List<Instance> targets = Requests.named(turn, unload.name());
        Optional<Failure> open =
                targets.isEmpty() ? Optional.empty() : Breakers.ofHost(turn).or(() -> Paths.refusal(turn));
        if (open.isPresent()) {
            turn.refuseAll(unload.callers(), open.get());
            return;
        }
        if (unload.force()) {
            targets.forEach(instance -> instance.usage().gate().close());
        } else if (!targets.stream()
                .allMatch(instance -> instance.usage().gate().closeIfIdle())) {
            int inFlight = targets.stream().mapToInt(Instance::inFlight).sum();
            targets.forEach(instance -> instance.usage().gate().reopen());
            turn.refuseAll(unload.callers(), Requests.busy(unload.key(), inFlight));
            return;
        }
        if (!targets.isEmpty()) {
            turn.tell(new HostNotice.Begun(
                    unload.id(),
                    HostNotice.Change.UNLOAD,
                    unload.key(),
                    1,
                    unload.callers().size()));
        }
        proceed(turn, unload.started(targets.stream().map(Instance::identifier).toList(), turn.now));
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
            reopen(turn, unload.remaining());
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
        turn.running = null;
        turn.tell(new HostNotice.UnloadFailed(unload.key(), unload.remaining().getFirst(), failure));
        reopen(turn, unload.remaining());
        turn.refuseAll(unload.callers(), failure);
    }

    private static void reopen(Turn turn, List<String> identifiers) {
        for (String identifier : identifiers) {
            Instance instance = turn.instances.get(identifier);
            if (instance != null) {
                instance.usage().gate().reopen();
            }
        }
    }
}
