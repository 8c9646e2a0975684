package dev.lmbridge.host;

import dev.lmbridge.catalog.InstanceName;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps of a load: process, appearance, confirmation. */
final class Loads {
    private Loads() {}

    static void begin(Turn turn, Operation.Load load) {
        if (turn.reach == HostState.Reach.DOWN) {
            turn.refuseAll(load.callers(), Looks.unavailable(turn));
            return;
        }
        Optional<Instance> there =
                Selection.choose(turn.instances.values(), load.key().value(), load.contextLength());
        if (there.isPresent()) {
            answer(
                    turn,
                    load,
                    there.get(),
                    load.attempts().started() == 0,
                    load.attempts().started(),
                    List.of());
            return;
        }
        Optional<Failure> refusal = Requests.smallerContext(turn, load.key(), load.contextLength())
                .or(() -> Breakers.refusal(turn, load.key()))
                .or(() -> Paths.refusal(turn));
        if (refusal.isPresent()) {
            turn.refuseAll(load.callers(), refusal.get());
            return;
        }
        Breakers.tried(turn, load.key());
        // What is held is to survive a bridge that is away for a while.
        Duration longest = turn.policy.keeping().longest();
        Duration ttl =
                turn.holds.wants(load.key(), turn.now) && longest.compareTo(load.ttl()) > 0 ? longest : load.ttl();
        int number = turn.numbers.getOrDefault(load.key(), 0) + 1;
        turn.numbers.put(load.key(), number);
        Operation.Load started = load.started(InstanceName.of(load.key(), number), ttl, turn.now);
        turn.running = started;
        turn.actions.add(new HostAction.RunLoad(
                started.id(),
                started.key(),
                started.identifier(),
                ttl,
                started.contextLength(),
                turn.policy.deadlineFor(started.sizeBytes())));
        turn.tell(new HostNotice.Begun(
                started.id(),
                HostNotice.Change.LOAD,
                started.key(),
                started.attempts().started(),
                started.callers().size()));
        turn.tell(new HostNotice.Loading(started.key(), started.identifier(), ttl, 0));
    }

    /** Whether an instance that serves this load is there already. */
    static boolean isThere(Turn turn, Operation.Load load) {
        return Selection.choose(turn.instances.values(), load.key().value(), load.contextLength())
                .isPresent();
    }

    /** A load that nobody waits for may end, unless it keeps others waiting. */
    static void endIfUnwanted(Turn turn) {
        if (turn.running instanceof Operation.Load load
                && load.phase() == Operation.Load.Phase.RUNNING
                && !load.isWanted()
                && !load.abandoned()
                && !turn.queue.isEmpty()) {
            turn.running = load.abandon();
            turn.tell(new HostNotice.Abandoned(load.key(), load.identifier()));
            turn.actions.add(new HostAction.Interrupt(load.id()));
        }
    }

    /** A percentage that grows shows that the load is alive: its process gets more time, up to the limit of all loads. */
    static void progressed(Turn turn, long operation, int percent) {
        if (!(turn.running instanceof Operation.Load load)
                || load.id() != operation
                || load.phase() != Operation.Load.Phase.RUNNING
                || percent <= Math.max(0, load.percent())) {
            return;
        }
        turn.running = load.at(percent);
        Duration left = Duration.between(turn.now, limit(turn, load));
        Duration more = turn.policy.deadlineFor(load.sizeBytes());
        if (left.isPositive()) {
            turn.actions.add(new HostAction.Postpone(operation, left.compareTo(more) < 0 ? left : more));
        }
        turn.tell(new HostNotice.Loading(load.key(), load.identifier(), load.ttl(), percent));
    }

    static void processEnded(Turn turn, Operation.Load load, @Nullable Failure failure, @Nullable String identifier) {
        if (load.phase() != Operation.Load.Phase.RUNNING) {
            return;
        }
        turn.lookNow();
        if (failure == null || isTaken(failure)) {
            Operation.Load loaded = identifier == null ? load : load.named(identifier);
            turn.running = loaded.in(Operation.Load.Phase.APPEARING, turn.now);
        } else {
            fail(turn, load, failure.code() == FailureCode.MODEL_NOT_FOUND ? stale(turn, load) : failure);
        }
    }

    /**
     * Only this bridge gives such identifiers: a run of it that was killed has begun this very load, and it goes on without it. The
     * instance is there or about to be, and is looked for as our own.
     */
    private static boolean isTaken(Failure failure) {
        return "identifier_taken".equals(failure.more().get("reason"));
    }

    /** The host lost the model after the catalogue was read: the look that follows reads it again. */
    private static Failure stale(Turn turn, Operation.Load load) {
        List<String> others = turn.catalog.nearest(load.key().value()).stream()
                .filter(name -> !name.equals(load.key().value()))
                .toList();
        return Failure.modelNotFound(load.key().value(), others);
    }

    /** A look shows the instance. */
    static void appeared(Turn turn, Operation.Load load) {
        if (load.phase() == Operation.Load.Phase.APPEARING) {
            turn.running = load.in(Operation.Load.Phase.CONFIRMING, turn.now);
            turn.tell(new HostNotice.Appeared(load.key(), load.identifier()));
            Looks.readRowsNow(turn);
        }
    }

    /** A look no longer shows the instance that it has shown: {@code lms ps}, which may take long or fail, need not be waited for. */
    static void disappeared(Turn turn, Operation.Load load) {
        if (load.phase() == Operation.Load.Phase.CONFIRMING) {
            confirmed(turn, load, Optional.empty());
        }
    }

    static void neverAppeared(Turn turn, Operation.Load load) {
        if (turn.reach == HostState.Reach.DOWN) {
            fail(turn, load, Looks.unavailable(turn));
            return;
        }
        Paths.suspect(turn);
        fail(
                turn,
                load,
                verificationFailed(
                        load,
                        "LM Studio reported '" + load.key() + "' as loaded, but within "
                                + turn.policy.verifyWithin().toSeconds()
                                + " s it did not appear among the loaded models.",
                        "never_appeared"));
    }

    private static Failure verificationFailed(Operation.Load load, String what, String reason) {
        return Failure.of(
                        FailureCode.MODEL_VERIFICATION_FAILED,
                        what + " The usual cause is memory pressure: free memory, or choose a smaller model.")
                .with("reason", reason)
                .with("model", load.key().value());
    }

    /** {@code lms ps} was read: the last word on a load. */
    static void confirmed(Turn turn, Operation.Load load, Optional<InstanceRow> row) {
        if (row.isEmpty()) {
            fail(
                    turn,
                    load,
                    verificationFailed(
                            load, "'" + load.key() + "' was loaded and vanished again at once.", "vanished"));
            return;
        }
        List<String> warnings = new ArrayList<>();
        if (!Objects.equals(row.get().ttl(), load.told()) && !isHostNamed(load.key(), load.identifier())) {
            warnings.add("ttl_differs");
        }
        Integer context = row.get().contextLength();
        if (load.contextLength() != null && (context == null || context < load.contextLength())) {
            warnings.add("context_length_differs");
        }
        succeed(turn, load, instanceOf(turn, load, turn.now).confirmedBy(row.get()), warnings);
    }

    /** HTTP shows the instance but {@code lms ps} cannot be read: it is usable, its TTL is not proven. */
    static void unconfirmed(Turn turn, Operation.Load load) {
        // Since it has appeared nothing has shown it again.
        succeed(turn, load, instanceOf(turn, load, load.phaseSince()), List.of("ttl_unconfirmed"));
    }

    private static Instance instanceOf(Turn turn, Operation.Load load, Instant seenAt) {
        return new Instance(
                load.identifier(),
                load.key(),
                false,
                load.contextLength(),
                null,
                false,
                // The host's idle clock began when it was first seen, if not before.
                load.phaseSince(),
                seenAt,
                null,
                usage(turn, load));
    }

    /** An instance under a name of the host's may have been seen, and used, before its load had ended: its gate stays its gate. */
    private static Usage usage(Turn turn, Operation.Load load) {
        Instance seen = turn.instances.get(load.identifier());
        return seen == null ? new Usage(turn.clock, load.ttl()) : seen.usage();
    }

    /**
     * Whether the host has chosen the name of an instance that we loaded: it did so over LM Studio's own API, which takes no name, and
     * no TTL either.
     */
    static boolean isHostNamed(ModelKey key, String identifier) {
        return InstanceName.number(identifier, key).isEmpty();
    }

    private static void succeed(Turn turn, Operation.Load load, Instance instance, List<String> warnings) {
        turn.running = null;
        turn.instances.put(instance.identifier(), instance);
        MakingRoom.loaded(turn, load);
        turn.watch = turn.watch.loaded(
                instance.identifier(),
                new Watch.LoadedWith(
                        load.told(), load.contextLength() == null ? instance.contextLength() : load.contextLength()));
        turn.tell(new HostNotice.LoadSucceeded(
                load.key(), load.identifier(), instance.ttl(), Duration.between(load.startedAt(), turn.now)));
        Breakers.loaded(turn, load.key());
        answer(turn, load, instance, false, load.attempts().started(), warnings);
    }

    private static void fail(Turn turn, Operation.Load load, Failure failure) {
        turn.running = null;
        Blame blame = Blame.ofLoad(failure);
        turn.tell(new HostNotice.LoadFailed(load.key(), failure, Duration.between(load.startedAt(), turn.now)));
        Breakers.loadFailed(turn, load.key(), blame);
        if (blame.mayStillLoad()) {
            Doubts.begin(turn, load.key(), load.identifier());
        }
        if (MakingRoom.triesAgain(turn, load, failure)) {
            return;
        }
        Optional<Instant> next = blame.worthRetrying() ? nextAttempt(turn, load) : Optional.empty();
        if (next.isPresent()) {
            turn.queue.addFirst(load.again(failure, next.get(), turn.now));
            Duration pause = Duration.between(turn.now, next.get());
            turn.tell(
                    new HostNotice.Retrying(load.key(), failure, load.attempts().started(), pause));
        } else {
            turn.refuseAll(load.callers(), MakingRoom.withFigures(failure, Room.of(turn)));
        }
    }

    /** Whether another attempt that begins now can end before the callers give up. */
    static boolean canEndInTime(Turn turn, Operation.Load load) {
        return !turn.now.plus(turn.policy.deadlineFor(load.sizeBytes())).isAfter(limit(turn, load));
    }

    /** When the load may be tried again, if somebody waits for it, tries are left, and a try can end in time. */
    private static Optional<Instant> nextAttempt(Turn turn, Operation.Load load) {
        int attempts = load.attempts().started();
        if (!load.isWanted()
                || turn.stopping
                || attempts > turn.policy.retrying().max()
                || Breakers.refusal(turn, load.key()).isPresent()) {
            return Optional.empty();
        }
        Instant next = turn.now.plus(turn.policy.retrying().pauseAfter(attempts, turn.chance()));
        Doubt doubt = turn.doubts.get(load.key());
        Instant begins = doubt == null || doubt.until().isBefore(next) ? next : doubt.until();
        Instant ends = begins.plus(turn.policy.deadlineFor(load.sizeBytes()));
        return ends.isAfter(limit(turn, load)) ? Optional.empty() : Optional.of(next);
    }

    /** What no attempt of a load exceeds: its callers wait no longer. */
    private static Instant limit(Turn turn, Operation.Load load) {
        Instant since = load.attempts().since();
        return (since == null ? turn.now : since).plus(turn.policy.maxLoad());
    }

    private static void answer(
            Turn turn, Operation.Load load, Instance instance, boolean already, int attempts, List<String> warnings) {
        for (Caller caller : load.callers()) {
            turn.reply(caller.id(), ready(turn, instance, caller, already, attempts, warnings));
        }
    }

    static Answer.Ready ready(
            Turn turn, Instance instance, Caller caller, boolean already, int attempts, List<String> warnings) {
        List<String> all = new ArrayList<>(warnings);
        if (!instance.foreign() && isHostNamed(instance.key(), instance.identifier())) {
            all.add("ttl_not_enforced_by_host");
        }
        instance.usage().touch(turn.now, caller.ttl());
        Duration ttl = instance.ttlInForce();
        if (instance.foreign()
                && !turn.holds.wants(instance.key(), turn.now)
                && ttl != null
                && ttl.compareTo(caller.ttl()) < 0) {
            all.add("ttl_shorter_than_asked");
        }
        Instant expiresAt = turn.holds.expiresAt(instance, turn.now);
        return new Answer.Ready(instance, already, ttl, expiresAt, attempts, List.copyOf(all));
    }
}
