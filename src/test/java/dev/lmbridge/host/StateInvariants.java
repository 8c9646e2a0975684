package dev.lmbridge.host;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** What must hold of every state of a core, whatever has happened. */
final class StateInvariants {
    private final HostPolicy policy;
    private final HostInvariants promises;

    StateInvariants(HostPolicy policy, HostInvariants promises) {
        this.policy = policy;
        this.promises = promises;
    }

    void check(
            HostEvent event, HostState before, HostCore.Step step, Instant now, Set<String> waiting, boolean stopped) {
        HostState state = step.state();
        require(
                state.queue().size()
                        <= Math.max(policy.queueCapacity(), before.queue().size()) + 1,
                "P1: the queue is bounded");
        everybodyIsRemembered(step, waiting);
        instances(state);
        queue(state, step.wakeAt(), now);
        for (Doubt doubt : state.doubts().values()) {
            require(!doubt.until().isAfter(now.plus(policy.doubtFor())), "P7: every doubt has a bound");
            require(!step.wakeAt().isAfter(doubt.until()), "P7: the core wakes for the end of a doubt");
        }
        boolean tick = event instanceof HostEvent.Ticked;
        require(!tick || step.wakeAt().isAfter(now), "P6: what is due is done at its tick");
        require(
                state.looking() || stopped || !step.wakeAt().isAfter(state.lookAt()),
                "P3: the core wakes for the next look");
        require(
                stopped || !state.lookAt().isAfter(now.plus(policy.idleEvery())),
                "P3: the next look is never further away than the settings say");
        require(state.undecided().isEmpty() || state.looking(), "P6: who waits for a look has one under way");
        require(!stopped || state.stopping(), "P6: a bridge that stops goes on stopping");
        require(step.view().instances().equals(state.instances()), "P3: others see the state that is");
    }

    private void everybodyIsRemembered(HostCore.Step step, Set<String> waiting) {
        Set<String> held = new HashSet<>();
        HostState state = step.state();
        for (HostEvent event : state.undecided()) {
            held.add(Requests.callerOf(event));
        }
        state.queue().forEach(one -> one.callers().forEach(caller -> held.add(caller.id())));
        if (state.running() != null) {
            state.running().callers().forEach(caller -> held.add(caller.id()));
        }
        Set<String> replied = new HashSet<>();
        for (HostAction action : step.actions()) {
            if (action instanceof HostAction.Reply reply) {
                replied.add(reply.caller());
            }
        }
        for (String caller : waiting) {
            if (!held.contains(caller) && !replied.contains(caller)) {
                throw promises.broken("P6: who waits is answered or remembered", caller);
            }
        }
        for (String caller : held) {
            if (!waiting.contains(caller) || replied.contains(caller)) {
                throw promises.broken("P6: nobody is remembered who has left or was answered", caller);
            }
        }
    }

    private void instances(HostState state) {
        for (Instance instance : state.instances().values()) {
            boolean going = state.running() instanceof Operation.Unload unload
                    && unload.remaining().contains(instance.identifier());
            boolean drained = state.memory().drained().contains(instance.identifier());
            require(going || drained || instance.isOpen(), "P5: only what is to be unloaded is shut");
        }
    }

    private void queue(HostState state, Instant wakeAt, Instant now) {
        Set<String> loads = new HashSet<>();
        if (state.running() instanceof Operation.Load load && !load.abandoned()) {
            loads.add(load.key() + " " + load.contextLength());
        }
        for (Operation operation : state.queue()) {
            require(operation.isWanted(), "P6: nothing waits for nobody");
            boolean tried = false;
            if (operation instanceof Operation.Load load) {
                tried = load.attempts().started() > 0;
                require(loads.add(load.key() + " " + load.contextLength()), "P4: one load for all who need the same");
            }
            for (Caller caller : operation.callers()) {
                require(tried || !wakeAt.isAfter(caller.queueUntil()), "P6: the core wakes for every caller");
            }
            require(
                    state.running() != null || waitsForItsTime(state, operation, wakeAt, now),
                    "P6: what can begin has begun, and the core wakes for what will");
        }
    }

    private static boolean waitsForItsTime(HostState state, Operation operation, Instant wakeAt, Instant now) {
        if (!(operation instanceof Operation.Load load)) {
            return false;
        }
        if (state.memory().waiting() != null) {
            return true;
        }
        Doubt doubt = state.doubts().get(load.key());
        Instant pause = load.attempts().notBefore();
        Instant time = doubt == null || doubt.until().isBefore(pause) ? pause : doubt.until();
        return time.isAfter(now) && !wakeAt.isAfter(time);
    }

    private void require(boolean holds, String promise) {
        promises.require(holds, promise);
    }
}
