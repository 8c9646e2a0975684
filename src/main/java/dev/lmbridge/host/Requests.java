package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What becomes of a request: answered from what is loaded, joined to an operation, queued, or refused. */
final class Requests {
    /** How many callers may wait for one look or for one operation. */
    static final int MAX_CALLERS = 10_000;

    /** How many of the operations before it a request is told. */
    private static final int TOLD_AHEAD = 5;

    static final Duration QUEUE_RETRY = Duration.ofSeconds(5);

    private Requests() {}

    /** Takes a request. It is decided on a fresh view; without one, a look is taken first. */
    static void accept(Turn turn, HostEvent asked) {
        if (turn.stopping) {
            turn.refuse(callerOf(asked), Lane.SHUTTING_DOWN);
        } else if (turn.isSeenWithin(turn.policy.freshFor()) && isYoungEnough(turn, asked)) {
            decide(turn, asked);
        } else if (isYoungEnough(turn, asked) && Refresh.isNeedless(turn, asked)) {
            decide(turn, asked);
        } else if (turn.undecided.size() >= MAX_CALLERS) {
            turn.refuse(callerOf(asked), queueFull(turn.undecided.size()));
        } else {
            turn.undecided.add(asked);
            turn.tell(new HostNotice.CallerLooks(callerOf(asked)));
            turn.lookNow();
        }
    }

    /** Whether the view began late enough for a caller who has just found an instance missing. */
    private static boolean isYoungEnough(Turn turn, HostEvent asked) {
        Instant since = asked instanceof HostEvent.EnsureAsked ensure ? ensure.viewSince() : null;
        return since == null || (turn.observedAt != null && !turn.observedAt.isBefore(since));
    }

    /** Decides what had to wait for a look; who needs a younger one waits for the next. */
    static void decideAll(Turn turn) {
        List<HostEvent> asked = List.copyOf(turn.undecided);
        turn.undecided.clear();
        for (HostEvent event : asked) {
            if (isYoungEnough(turn, event)) {
                decide(turn, event);
            } else {
                turn.undecided.add(event);
            }
        }
    }

    /** A look that takes long keeps nobody from what was loaded lately. */
    static void decideWithoutLook(Turn turn) {
        for (HostEvent event : List.copyOf(turn.undecided)) {
            if (isYoungEnough(turn, event) && Refresh.isNeedless(turn, event)) {
                turn.undecided.remove(event);
                decide(turn, event);
            }
        }
    }

    static void refuseUndecided(Turn turn, Failure failure) {
        turn.undecided.forEach(event -> turn.refuse(callerOf(event), failure));
        turn.undecided.clear();
    }

    /** A caller has left: an operation that has not begun and that nobody else waits for is dropped. */
    static void forget(Turn turn, String caller) {
        turn.undecided.removeIf(event -> callerOf(event).equals(caller));
        turn.queue.replaceAll(operation -> without(operation, caller));
        turn.queue.removeIf(operation -> !operation.isWanted());
        if (turn.running != null) {
            turn.running = without(turn.running, caller);
        }
    }

    private static Operation without(Operation operation, String caller) {
        List<Caller> rest = operation.callers().stream()
                .filter(waiting -> !waiting.id().equals(caller))
                .toList();
        return rest.size() == operation.callers().size() ? operation : operation.withCallers(rest);
    }

    static String callerOf(HostEvent event) {
        return switch (event) {
            case HostEvent.EnsureAsked asked -> asked.caller();
            case HostEvent.UnloadAsked asked -> asked.caller();
            case HostEvent.LeaseAsked asked -> asked.caller();
            case HostEvent.PinAsked asked -> asked.caller();
            default -> throw new IllegalArgumentException("not a request: " + event);
        };
    }

    private static void decide(Turn turn, HostEvent event) {
        switch (event) {
            case HostEvent.EnsureAsked asked -> decideEnsure(turn, asked);
            case HostEvent.UnloadAsked asked -> decideUnload(turn, asked);
            case HostEvent.LeaseAsked asked -> Leases.take(turn, asked);
            case HostEvent.PinAsked asked -> Leases.pin(turn, asked);
            default -> throw new IllegalArgumentException("not a request: " + event);
        }
    }

    private static void decideEnsure(Turn turn, HostEvent.EnsureAsked asked) {
        Caller caller = new Caller(asked.caller(), asked.ttl(), asked.queueUntil());
        Optional<Instance> loaded = Selection.choose(turn.instances.values(), asked.name(), asked.contextLength());
        if (loaded.isPresent()) {
            turn.reply(caller.id(), Loads.ready(turn, loaded.get(), caller, true, 0, List.of()));
            return;
        }
        Optional<CatalogModel> model = turn.catalog.find(asked.name());
        if (model.isEmpty()) {
            turn.refuse(caller.id(), Failure.modelNotFound(asked.name(), turn.catalog.nearest(asked.name())));
            return;
        }
        Optional<Failure> refusal = smallerContext(turn, model.get().key(), asked.contextLength())
                .or(() -> Breakers.refusal(turn, model.get().key()))
                .or(() -> Paths.refusal(turn))
                .or(() -> MakingRoom.refusal(turn, model.get(), asked.contextLength()));
        if (refusal.isPresent()) {
            turn.refuse(caller.id(), refusal.get());
            return;
        }
        joinOrQueue(turn, model.get(), asked.contextLength(), caller);
    }

    /** An instance with too little context is not torn away for a caller who wants more; the caller is told. */
    static Optional<Failure> smallerContext(Turn turn, ModelKey key, @Nullable Integer wanted) {
        if (wanted == null) {
            return Optional.empty();
        }
        return turn.instances.values().stream()
                .filter(instance -> instance.key().equals(key) && instance.isOpen())
                .findFirst()
                .map(instance -> Failure.of(
                        FailureCode.MODEL_BUSY,
                        "'" + key + "' is loaded with "
                                + (instance.contextLength() == null
                                        ? "a context that the host does not tell, not"
                                        : "a context of " + instance.contextLength() + " tokens, less than")
                                + " the " + wanted + " asked for. Unload it first."));
    }

    private static void joinOrQueue(Turn turn, CatalogModel model, @Nullable Integer contextLength, Caller caller) {
        if (turn.running instanceof Operation.Load load && serves(load, model.key(), contextLength)) {
            turn.running = join(turn, load, caller);
            return;
        }
        for (int place = 0; place < turn.queue.size(); place++) {
            if (turn.queue.get(place) instanceof Operation.Load load && serves(load, model.key(), contextLength)) {
                turn.queue.set(place, join(turn, load, caller));
                return;
            }
        }
        if (isQueueFull(turn, caller)) {
            return;
        }
        enqueue(
                turn,
                Operation.Load.queued(
                        turn.nextOperation++, model.key(), contextLength, model.sizeBytes(), caller, turn.now),
                caller);
        turn.tell(new HostNotice.Queued(model.key(), turn.queue.size()));
    }

    private static void enqueue(Turn turn, Operation operation, Caller caller) {
        List<HostNotice.Ahead> behind = Stream.concat(Stream.ofNullable(turn.running), turn.queue.stream())
                .limit(TOLD_AHEAD)
                .map(before -> new HostNotice.Ahead(before.change(), before.key()))
                .toList();
        int ahead = turn.queue.size() + (turn.running == null ? 0 : 1);
        turn.queue.add(operation);
        turn.tell(new HostNotice.CallerQueued(
                caller.id(), operation.id(), operation.change(), operation.key(), turn.queue.size(), ahead, behind));
    }

    private static boolean serves(Operation.Load load, ModelKey key, @Nullable Integer wanted) {
        return load.key().equals(key)
                && !load.abandoned()
                && (wanted == null || (load.contextLength() != null && load.contextLength() >= wanted));
    }

    private static Operation.Load join(Turn turn, Operation.Load load, Caller caller) {
        if (load.callers().size() >= MAX_CALLERS) {
            turn.refuse(caller.id(), queueFull(load.callers().size()));
            return load;
        }
        turn.tell(new HostNotice.CallerJoined(
                caller.id(),
                load.id(),
                load.key(),
                load.phase() != Operation.Load.Phase.QUEUED,
                load.callers().size()));
        return load.joinedBy(caller);
    }

    private static void decideUnload(Turn turn, HostEvent.UnloadAsked asked) {
        List<Instance> targets = named(turn, asked.name());
        Caller caller = new Caller(asked.caller(), Duration.ZERO, asked.queueUntil());
        Optional<ModelKey> key = targets.isEmpty()
                ? turn.catalog.find(asked.name()).map(CatalogModel::key)
                : Optional.of(targets.getFirst().key());
        if (key.isEmpty()) {
            turn.refuse(caller.id(), Failure.modelNotFound(asked.name(), turn.catalog.nearest(asked.name())));
            return;
        }
        int inFlight = Unloads.users(turn, targets) + waitingFor(turn, asked.name());
        boolean drains = asked.patience().isAfter(turn.now) && waitingFor(turn, asked.name()) == 0;
        if (inFlight > 0 && !asked.force() && !drains) {
            turn.refuse(caller.id(), busy(key.get(), inFlight));
            return;
        }
        Optional<Failure> held = Paths.refusal(turn)
                .or(() -> asked.force() || targets.isEmpty() ? Optional.empty() : Leases.refusal(turn, key.get()));
        if (held.isPresent()) {
            turn.refuse(caller.id(), held.get());
            return;
        }
        if (isQueueFull(turn, caller)) {
            return;
        }
        Operation unload = Operation.Unload.asked(
                turn.nextOperation++, key.get(), asked.name(), asked.force(), caller, asked.patience(), turn.now);
        enqueue(turn, unload, caller);
    }

    /** Whether an operation that runs or waits is about this instance, or loads its model for somebody. */
    static boolean isConcerned(Turn turn, Instance instance) {
        return Stream.concat(Stream.ofNullable(turn.running), turn.queue.stream())
                .anyMatch(operation -> switch (operation) {
                    case Operation.Load load -> load.key().equals(instance.key());
                    case Operation.Unload unload ->
                        unload.name().equals(instance.identifier())
                                || unload.name().equals(instance.key().value());
                });
    }

    /** Whether a load of the model runs or waits. */
    static boolean isLoading(Turn turn, ModelKey key) {
        return Stream.concat(Stream.ofNullable(turn.running), turn.queue.stream())
                .anyMatch(operation ->
                        operation instanceof Operation.Load load && load.key().equals(key) && !load.abandoned());
    }

    /** Callers of loads: an unload behind their load would take the instance away before the first of them could use it. */
    private static int waitingFor(Turn turn, String name) {
        return Stream.concat(Stream.ofNullable(turn.running), turn.queue.stream())
                .filter(operation -> operation instanceof Operation.Load load
                        && (load.key().value().equals(name) || load.identifier().equals(name)))
                .mapToInt(operation -> operation.callers().size())
                .sum();
    }

    /** The instances that a name stands for: of that identifier, else all of that key. */
    static List<Instance> named(Turn turn, String name) {
        List<Instance> targets = new ArrayList<>();
        for (Instance instance : turn.instances.values()) {
            if (instance.key().value().equals(name) || Objects.equals(instance.identifier(), name)) {
                targets.add(instance);
            }
        }
        return targets;
    }

    static Failure busy(ModelKey key, int inFlight) {
        return Failure.of(
                        FailureCode.MODEL_BUSY,
                        "'" + key + "' is in use by " + inFlight + " request(s). Wait for them, or unload with force.")
                .with("inFlight", inFlight);
    }

    private static boolean isQueueFull(Turn turn, Caller caller) {
        if (turn.queue.size() < turn.policy.queueCapacity()) {
            return false;
        }
        turn.refuse(caller.id(), queueFull(turn.queue.size()));
        return true;
    }

    private static Failure queueFull(int waiting) {
        return Failure.of(FailureCode.QUEUE_FULL, waiting + " operations wait already. Try again later.")
                .withRetryAfter(QUEUE_RETRY);
    }
}
