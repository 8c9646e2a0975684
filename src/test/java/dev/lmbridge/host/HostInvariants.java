package dev.lmbridge.host;

import dev.lmbridge.catalog.InstanceName;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in every schedule. It remembers by true time what callers were promised and what happened, whatever the core believes.
 * Broken means a {@link BrokenPromise} that says which promise, when and for whom.
 */
final class HostInvariants {
    private static final Duration MAX_RECOVERY = Duration.ofSeconds(50);
    private static final Duration MAX_TTL = Duration.ofHours(1);
    /** A look is two requests of two seconds at most, and the next one begins a second later. */
    private static final Duration LOOK = Duration.ofSeconds(9);
    /** The clock is read at least as often as the bridge wakes: so much of a setback may go unnoticed. */
    private static final Duration UNNOTICED = Duration.ofSeconds(61);

    /** @param until by when there must be an answer */
    record Asked(HostEvent event, Instant until) {
        boolean forced() {
            return event instanceof HostEvent.UnloadAsked unload && unload.force();
        }
    }

    /** @param less by how much the clock was set forward between the intent and the end, which only a restart makes count */
    private record Killed(String identifier, Instant until, Duration less) {
        Killed earlier(Duration by) {
            return new Killed(identifier, until.minus(by), less);
        }
    }

    private final Map<String, Integer> reached = new TreeMap<>();
    private final HostStory story = new HostStory();
    private final HostPolicy policy;
    /** What one operation may take once its turn has come: process, its end, appearance, rows twice, and a look. */
    private final Duration operation;

    private final Agenda agenda;
    private final boolean telling;
    private final Instant began;
    private final Map<String, Asked> asked = new HashMap<>();
    private final Map<String, Asked> waiting = new HashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Set<String> begun = new HashSet<>();
    private final Map<String, Instant> shown = new HashMap<>();
    private final Map<ModelKey, Killed> killed = new HashMap<>();
    private final TreeMap<Instant, Duration> ahead = new TreeMap<>();
    private final Set<Usage> used = new HashSet<>();
    private final StateInvariants states;
    private final MemoryInvariants memory;
    private final WatchInvariants watch;
    private final HoldInvariants holds;
    private Duration slack = Duration.ZERO;
    private boolean readingRows;
    private boolean stopped;

    HostInvariants(HostPolicy policy, Agenda agenda, boolean telling) {
        this.policy = policy;
        this.agenda = agenda;
        this.telling = telling;
        operation = policy.maxLoad()
                .plus(policy.verifyWithin())
                .plus(policy.commandTimeout().multipliedBy(2))
                .plus(LOOK);
        began = agenda.now();
        states = new StateInvariants(policy, this);
        memory = new MemoryInvariants(policy, this);
        watch = new WatchInvariants(policy, this);
        holds = new HoldInvariants(this);
    }

    void require(boolean holds, String promise) {
        if (!holds) {
            throw broken(promise, "");
        }
    }

    BrokenPromise broken(String promise, String who) {
        return new BrokenPromise(promise, "at " + millis() + " ms" + (who.isEmpty() ? "" : " for " + who));
    }

    private void require(boolean holds, String promise, String who) {
        if (!holds) {
            throw broken(promise, who);
        }
    }

    private long millis() {
        return Duration.between(began, agenda.now()).toMillis();
    }

    void reach(String what) {
        reached.merge(what, 1, Integer::sum);
    }

    void note(String what) {
        if (telling) {
            story.note(millis(), what);
        }
    }

    void asked(String caller, HostEvent event, Duration patience) {
        Duration bound = event instanceof HostEvent.UnloadAsked ? operation.multipliedBy(6) : operation;
        Asked one = new Asked(event, agenda.now().plus(patience).plus(bound));
        asked.put(caller, one);
        waiting.put(caller, one);
    }

    /** Whether the caller still waited. */
    boolean left(String caller) {
        return waiting.remove(caller) != null;
    }

    void shown(List<LoadedModel> loaded, Instant lookBegan) {
        for (LoadedModel one : loaded) {
            shown.put(one.identifier(), lookBegan);
            killed.computeIfPresent(one.key(), (key, load) -> load.identifier().equals(one.identifier()) ? null : load);
        }
    }

    /** An answer of its own shows an instance as a look does. */
    void heard(Instance instance) {
        shown.computeIfPresent(instance.identifier(), (identifier, before) -> agenda.now());
    }

    /** @param since when its intent was noted */
    void killed(ModelKey key, String identifier, Instant since) {
        Duration jumped = Duration.ZERO;
        for (Map.Entry<Instant, Duration> one : ahead.tailMap(since).entrySet()) {
            jumped = jumped.plus(one.getValue());
        }
        killed.put(key, new Killed(identifier, agenda.now().plus(policy.doubtFor()), jumped));
    }

    void clockWasSet(Duration by) {
        if (by.isNegative()) {
            slack = slack.plus(UNNOTICED);
        } else {
            ahead.merge(agenda.now(), by, Duration::plus);
            // Waits end early then: by the clock that everybody sees their time has passed.
            killed.replaceAll((key, load) -> load.earlier(by));
        }
    }

    /** By how much the clock of the bridge may be behind the true time that has passed. */
    Duration slack() {
        return slack;
    }

    /** The bridge was killed: whoever waited sees the connection end. */
    void died() {
        waiting.keySet().forEach(caller -> reach("cut off"));
        waiting.clear();
        begun.clear();
        shown.clear();
        used.clear();
        holds.died();
        killed.replaceAll((key, load) -> load.earlier(load.less()));
        readingRows = false;
        stopped = false;
        watch.died();
    }

    void begun(Map<ModelKey, Doubt> doubts) {
        note("the bridge begins, doubts " + doubts.keySet());
    }

    void readsRows(boolean begins) {
        require(!begins || !readingRows, "lms ps runs once at a time");
        readingRows = begins;
    }

    boolean everybodyIsAnswered() {
        return waiting.isEmpty();
    }

    void stepped(HostEvent event, HostState before, HostCore.Step step, Instant now) {
        if (telling) {
            story.stepped(millis(), event, step.actions());
        }
        stopped |= event instanceof HostEvent.ShutdownAsked;
        states.check(event, before, step, now, waiting.keySet(), stopped);
        memory.check(before, step, now);
        watch.stepped(event, before, step, now, stopped);
        holds.stepped(step, now);
        waiting.forEach((caller, one) -> require(
                !agenda.now().isAfter(one.until().plus(slack)), "P6: everybody is answered in bounded time", caller));
    }

    void begins(HostAction.RunLoad load, boolean busy, HostState state, Instant now) {
        require(!busy, "P1: one process at a time");
        require(!stopped, "nothing is begun after the shutdown");
        if (state.running() instanceof Operation.Load one) {
            watch.begins(one, load.ttl());
            int attempt = one.attempts().started();
            reach(attempt > 1 ? "another try" : "first try");
            int again = state.memory().ceilings().containsKey(one.id()) ? 2 : 1;
            require(attempt <= policy.retrying().max() + again, "P9: no more tries than the settings say");
            for (Caller caller : one.callers()) {
                if (asked.get(caller.id()) instanceof Asked(HostEvent.EnsureAsked ensure, Instant until)) {
                    require(
                            load.ttl().compareTo(ensure.ttl()) >= 0,
                            "P2: the TTL is the longest asked for",
                            caller.id());
                }
            }
        }
        require(
                load.ttl().compareTo(Duration.ofSeconds(1)) >= 0 && load.ttl().compareTo(MAX_TTL) <= 0,
                "P2: every TTL is within its limits");
        Instance there = state.instances().values().stream()
                .filter(one -> one.key().equals(load.key()) && one.isOpen())
                .findFirst()
                .orElse(null);
        require(there == null, "P4: what is loaded is not loaded again");
        require(
                !load.deadline().isNegative() && load.deadline().compareTo(policy.maxLoad()) <= 0,
                "P7: every process has a deadline within the limit");
        Doubt doubt = state.doubts().get(load.key());
        require(doubt == null || !doubt.until().isAfter(now), "P7: what is doubtful is not loaded again");
        Killed before = killed.get(load.key());
        require(
                before == null || !agenda.now().isBefore(before.until().minus(slack)),
                "P7: what was killed is not loaded again before its time");
        require(
                InstanceName.number(load.identifier(), load.key()).isPresent(),
                "P8: what we load has a name that no model has");
        require(state.catalog().find(load.key().value()).isPresent(), "P8: only what the catalogue has is loaded");
        require(begun.add(load.identifier()), "P8: no identifier is loaded twice");
        require(!shown.containsKey(load.identifier()), "P8: no identifier is loaded that was seen before");
        require(state.reach() != HostState.Reach.DOWN, "P9: nothing is begun on a host that is down");
        Breaker.State model = state.breakers().of(load.key()).state(now);
        Breaker.State whole = state.breakers().host().state(now);
        require(model != Breaker.State.OPEN && whole != Breaker.State.OPEN, "P9: nothing runs behind an open breaker");
        if (model == Breaker.State.HALF_OPEN) {
            reach("trial of a model");
        }
        if (whole == Breaker.State.HALF_OPEN) {
            reach("trial of the host");
        }
        memory.begins(load, state);
    }

    void begins(HostAction.RunUnload unload, boolean busy, HostState state, Instant now) {
        require(!busy, "P1: one process at a time");
        memory.begins(unload, state, now);
        require(!stopped, "nothing is begun after the shutdown");
        require(unload.deadline().compareTo(policy.commandTimeout()) <= 0, "P7: every process has a deadline");
        watch.begins(unload, state);
        Instance instance = state.instances().get(unload.identifier());
        if (instance == null) {
            reach("unload of what is gone");
            return;
        }
        boolean forced = state.running() instanceof Operation.Unload one
                && (one.callers().isEmpty()
                        ? one.force() && asked.values().stream().anyMatch(Asked::forced)
                        : one.callers().stream()
                                .map(caller -> asked.get(caller.id()))
                                .anyMatch(ask -> ask != null && ask.forced()));
        require(!instance.isOpen(), "P5: who is unloaded admits nobody");
        require(forced || instance.inFlight() == 0, "P5: nobody is unloaded in use");
        reach(forced && instance.inFlight() > 0 ? "forced unload in use" : "unload");
        holds.begins(instance, forced, state);
    }

    void admitted(Instance instance, HostState state) {
        reach("admitted");
        used.add(instance.usage());
        require(
                !(state.running() instanceof Operation.Unload unload)
                        || unload.stage() == Operation.Unload.Stage.CHECKING
                        || !unload.remaining().contains(instance.identifier()),
                "P5: nobody enters what is being unloaded");
    }

    void replied(HostAction.Reply reply, HostState state) {
        String caller = reply.caller();
        holds.replied(reply.answer());
        require(answered.add(caller), "P6: nobody is answered twice", caller);
        require(waiting.remove(caller) != null, "P6: nobody is answered who does not wait", caller);
        Asked ask = asked.get(caller);
        switch (reply.answer()) {
            case Answer.Ready ready -> ready(ready, ask, caller);
            case Answer.Unloaded unloaded -> {
                require(shown.keySet().containsAll(unloaded.identifiers()), "P3: only what was seen is told unloaded");
                reach("unloaded");
            }
            case Answer.Leased leased -> reach("leased");
            case Answer.Released released -> reach("released");
            case Answer.Pinned pinned -> reach(pinned.pinned() ? "pinned" : "unpinned");
            case Answer.Refused refused -> {
                if (refused.failure().code() == FailureCode.CIRCUIT_OPEN) {
                    Duration left = refused.failure().retryAfter();
                    require(
                            left != null && left.isPositive() && left.compareTo(MAX_RECOVERY) <= 0,
                            "P9: who is kept away is told for how long",
                            caller);
                    require(isKeptAway(ask, state), "P9: one sick model keeps nobody from another", caller);
                }
                HostEvent event = ask == null ? null : ask.event();
                memory.refused(refused.failure(), event instanceof HostEvent.EnsureAsked ensure ? ensure : null, state);
                reach(refused.failure().code().text());
            }
        }
    }

    private void ready(Answer.Ready ready, @Nullable Asked ask, String caller) {
        Instance instance = ready.instance();
        Instant seen = shown.get(instance.identifier());
        if (seen == null) {
            throw broken("P3: only what was seen is ready", caller);
        }
        Duration oldest = HostPolicy.STALE_AFTER.plus(LOOK).plus(slack);
        require(
                !ready.alreadyLoaded() || !seen.plus(oldest).isBefore(agenda.now()),
                "P3: nobody is sent to what was not seen for long",
                caller);
        require(
                ask != null
                        && ask.event() instanceof HostEvent.EnsureAsked ensure
                        && (ensure.name().equals(instance.key().value())
                                || ensure.name().equals(instance.identifier())),
                "P8: what answers is what was asked for",
                caller);
        reach(ready.alreadyLoaded() ? "ready at once" : "ready after a load");
    }

    private boolean isKeptAway(@Nullable Asked ask, HostState state) {
        String name = ask != null && ask.event() instanceof HostEvent.EnsureAsked ensure ? ensure.name() : "";
        return state.breakers().host().openUntil() != null
                || state.breakers().models().entrySet().stream()
                        .anyMatch(one -> one.getValue().openUntil() != null
                                && name.startsWith(one.getKey().value()));
    }

    void atTheEnd(HostState state, boolean quiet) {
        for (String caller : waiting.keySet()) {
            throw broken("P6: everybody is answered in the end", caller);
        }
        require(quiet, "the host comes to rest");
        require(
                used.stream().allMatch(usage -> usage.gate().inFlight() == 0),
                "P5: whoever entered an instance has left it");
        require(state.undecided().isEmpty() && state.queue().isEmpty(), "P6: nothing waits for nobody");
    }

    /** What must hold of leases, pins and idle clocks. */
    HoldInvariants holds() {
        return holds;
    }

    Map<String, Integer> reached() {
        return reached;
    }

    List<String> story() {
        return story.lines();
    }
}
