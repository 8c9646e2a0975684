package dev.lmbridge.host;

import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What must hold in every schedule. Broken means an {@link AssertionError} that says which promise and when. */
final class HostInvariants {
    private static final Duration MAX_RECOVERY = Duration.ofSeconds(50);
    private static final Duration MAX_TTL = Duration.ofHours(1);
    /** A look is two requests of two seconds at most, and the next one begins a second later. */
    private static final Duration LOOK = Duration.ofSeconds(9);

    private record Waiting(Instant until) {}

    final Map<String, Integer> reached = new TreeMap<>();
    final List<String> story = new ArrayList<>();
    boolean readingRows;

    private final HostPolicy policy;
    /** What one operation may take once its turn has come: process, its end, appearance, rows twice, and a look. */
    private final Duration operation;

    private final InstantSource clock;
    private final boolean telling;
    private final Instant began;
    private final Map<String, Waiting> waiting = new HashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Set<String> gone = new HashSet<>();
    private final Set<String> begun = new HashSet<>();
    private final Set<String> shown = new HashSet<>();
    private boolean stopped;

    HostInvariants(HostPolicy policy, InstantSource clock, boolean telling) {
        this.policy = policy;
        operation = policy.maxLoad()
                .plus(policy.verifyWithin())
                .plus(policy.commandTimeout().multipliedBy(2))
                .plus(LOOK);
        this.clock = clock;
        this.telling = telling;
        began = clock.instant();
    }

    void require(boolean holds, String promise) {
        if (!holds) {
            throw new AssertionError(
                    "broken at " + Duration.between(began, clock.instant()).toMillis() + " ms: " + promise);
        }
    }

    private void reach(String what) {
        reached.merge(what, 1, Integer::sum);
    }

    private void note(Object what) {
        if (!telling) {
            return;
        }
        story.add(Duration.between(began, clock.instant()).toMillis() + " ms " + what);
    }

    void asked(String caller, Instant queueUntil, boolean unload) {
        Duration bound = unload ? operation.multipliedBy(3) : operation;
        waiting.put(caller, new Waiting(queueUntil.plus(bound)));
    }

    /** Whether the caller still waited. */
    boolean left(String caller) {
        gone.add(caller);
        return waiting.remove(caller) != null;
    }

    void shown(List<LoadedModel> loaded) {
        loaded.forEach(one -> shown.add(one.identifier()));
    }

    boolean everybodyIsAnswered() {
        return waiting.isEmpty();
    }

    void stepped(HostEvent event, HostCore.Step step) {
        note(event);
        if (telling) {
            step.actions().forEach(action -> note("    " + action));
        }
        reach(event.getClass().getSimpleName());
        stopped |= event instanceof HostEvent.ShutdownAsked;
        HostState state = step.state();
        require(state.queue().size() <= policy.queueCapacity() + 1, "the queue is bounded");
        require(
                !(event instanceof HostEvent.Ticked) || step.wakeAt().isAfter(clock.instant()),
                "what is due is done at its tick");
        for (Operation operation : state.queue()) {
            require(!operation.callers().isEmpty(), "nothing waits for nobody");
            boolean tried =
                    operation instanceof Operation.Load load && load.attempts().started() > 0;
            operation
                    .callers()
                    .forEach(caller -> require(
                            tried || !step.wakeAt().isAfter(caller.queueUntil()), "the core wakes for every caller"));
            require(
                    state.running() != null || waitsForItsTime(state, operation, step.wakeAt()),
                    "what can begin has begun, and the core wakes for what will");
        }
        require(
                state.doubts().values().stream()
                        .noneMatch(doubt -> step.wakeAt().isAfter(doubt.until())),
                "P7: the core wakes for the end of a doubt");
        require(
                state.looking() || stopped || !step.wakeAt().isAfter(state.lookAt()),
                "the core wakes for the next look");
        require(state.undecided().isEmpty() || state.looking(), "who waits for a look has one under way");
        waiting.forEach((caller, one) ->
                require(!clock.instant().isAfter(one.until()), "P6: " + caller + " is answered in bounded time"));
    }

    private boolean waitsForItsTime(HostState state, Operation operation, Instant wakeAt) {
        if (!(operation instanceof Operation.Load load)) {
            return false;
        }
        Doubt doubt = state.doubts().get(load.key());
        Instant pause = load.attempts().notBefore();
        Instant time = doubt == null || doubt.until().isBefore(pause) ? pause : doubt.until();
        return time.isAfter(clock.instant()) && !wakeAt.isAfter(time);
    }

    void begins(HostAction.RunLoad load, boolean busy, HostState state) {
        Instant now = clock.instant();
        require(!state.doubts().containsKey(load.key()), "P7: what is doubtful is not loaded again");
        require(state.breakers().host().state(now) != Breaker.State.OPEN, "P9: nothing runs behind an open breaker");
        require(
                state.breakers().of(load.key()).state(now) != Breaker.State.OPEN,
                "P9: no model is loaded behind its open breaker");
        if (state.running() instanceof Operation.Load running) {
            int attempt = running.attempts().started();
            require(attempt <= 1 + policy.retrying().max(), "tries are limited");
            reach(attempt > 1 ? "another try" : "first try");
            Breaker.State model = state.breakers().of(load.key()).state(now);
            if (model == Breaker.State.HALF_OPEN) {
                reach("trial of a model");
            }
            if (state.breakers().host().state(now) == Breaker.State.HALF_OPEN) {
                reach("trial of the host");
            }
        }
        require(!busy, "P1: one process at a time");
        require(!stopped, "nothing is begun after the shutdown");
        require(load.ttl().compareTo(Duration.ofSeconds(1)) >= 0 && load.ttl().compareTo(MAX_TTL) <= 0, "P2: TTL");
        require(begun.add(load.identifier()), "no identifier is loaded twice");
        require(!shown.contains(load.identifier()), "no identifier is loaded that was seen before");
        require(
                state.instances().values().stream().noneMatch(one -> one.key().equals(load.key()) && one.isOpen()),
                "P4: what is loaded is not loaded again");
        require(state.reach() != HostState.Reach.DOWN, "nothing is begun on a host that is down");
    }

    void begins(HostAction.RunUnload unload, boolean busy, HostState state) {
        require(!busy, "P1: one process at a time");
        require(!stopped, "nothing is begun after the shutdown");
        Instance instance = state.instances().get(unload.identifier());
        if (instance == null) {
            reach("unload of what is gone");
            return;
        }
        boolean forced = state.running() instanceof Operation.Unload operation && operation.force();
        require(!instance.isOpen(), "P5: who is unloaded admits nobody");
        require(forced || instance.inFlight() == 0, "P5: nobody is unloaded in use");
        reach(forced && instance.inFlight() > 0 ? "forced unload in use" : "unload");
    }

    void admitted(Instance instance, HostState state) {
        reach("admitted");
        require(
                !(state.running() instanceof Operation.Unload unload)
                        || !unload.remaining().contains(instance.identifier()),
                "P5: nobody enters what is being unloaded");
    }

    void replied(HostAction.Reply reply, HostState state) {
        require(answered.add(reply.caller()), "P6: " + reply.caller() + " is answered once");
        require(!gone.contains(reply.caller()), "who has left is not answered");
        require(waiting.remove(reply.caller()) != null, reply.caller() + " has asked");
        switch (reply.answer()) {
            case Answer.Ready ready -> {
                require(shown.contains(ready.instance().identifier()), "P3: only what was seen is ready");
                Instant seen = state.observedAt();
                require(
                        !ready.alreadyLoaded()
                                || (state.reach() == HostState.Reach.UP
                                        && seen != null
                                        && !seen.plus(HostPolicy.STALE_AFTER)
                                                .plus(LOOK)
                                                .isBefore(clock.instant())),
                        "P3: nobody is sent to a host that was not seen for long");
                reach(ready.alreadyLoaded() ? "ready at once" : "ready after a load");
            }
            case Answer.Unloaded unloaded -> {
                require(shown.containsAll(unloaded.identifiers()), "only what was seen is told unloaded");
                reach("unloaded");
            }
            case Answer.Refused refused -> {
                boolean open = refused.failure().code() == FailureCode.CIRCUIT_OPEN;
                Duration left = refused.failure().retryAfter();
                require(
                        !open || (left != null && left.isPositive() && left.compareTo(MAX_RECOVERY) <= 0),
                        "P9: who is kept away is told for how long");
                reach(refused.failure().code().text());
            }
        }
    }

    void atTheEnd() {
        require(waiting.isEmpty(), "P6: never answered: " + waiting.keySet());
    }
}
