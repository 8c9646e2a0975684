package dev.lmbridge.host;

import static dev.lmbridge.host.Choices.Subject.LOOK;
import static dev.lmbridge.host.Choices.Subject.POLICY;
import static dev.lmbridge.host.Choices.Subject.RESTART;
import static dev.lmbridge.host.Choices.Subject.ROWS;
import static dev.lmbridge.host.Choices.Subject.USE;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.HostPlan.Happening;
import dev.lmbridge.host.NotedIntents.Orphan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One schedule of a host in virtual time: callers come and leave, processes succeed, lie, hang and fail, instances come and go, the host
 * goes down and returns, the bridge is killed and begins again, clocks are set. All chances come from its {@link Choices}; {@link
 * HostInvariants} watches.
 */
final class HostSchedule {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> KEYS = List.of("a/one", "b/two", "c/three", "d/four");
    private static final List<Orphan> FATES = List.of(Orphan.values());
    private static final int MOST_EVENTS = 40_000;

    private final Choices choices;
    private final Agenda agenda = new Agenda();
    private final HostPolicy policy;
    private final SimulatedCore.Maker maker;
    private final HostInvariants invariants;
    private final RoughHost host = new RoughHost();
    private final NotedIntents intents;
    private final FaultCounts faults = new FaultCounts();
    private final List<CatalogModel> disk = KEYS.stream()
            .map(key -> ScriptedHost.model(key, RoughHost.stored(key)))
            .toList();
    private final HoldSchedule holds;
    private HostProcesses processes;
    private SimulatedCore core;
    private HostState state;
    private boolean up = true;
    /** Counts the starts of the bridge: what an earlier one has begun comes to nobody. */
    private int life;

    private int toCome;
    private int using;
    private int steps;
    private long wakes;

    /** @param telling whether the story is kept, for a person to read */
    HostSchedule(Choices choices, SimulatedCore.Maker maker, boolean telling) {
        this.choices = choices;
        this.maker = maker;
        policy = WatchFaults.watching(choices, SimulatedPolicies.draw(choices));
        intents = new NotedIntents(policy.doubtFor());
        host.limit = SimulatedPolicies.memoryOfTheHost(choices);
        invariants = new HostInvariants(policy, agenda, telling);
        core = maker.make(policy, agenda.wall());
        state = core.start(core.clock().instant(), choices.next(POLICY, 1 << 20), Map.of());
        processes = processes();
        holds = new HoldSchedule(agenda, choices, host, KEYS, () -> up, this::hold, this::on);
    }

    private void hold(String caller, HostEvent asked) {
        invariants.asked(caller, asked, PATIENCE);
        on(asked);
    }

    /** @throws AssertionError if a promise is broken */
    void run() {
        if (choices.chance(POLICY, 20)) {
            host.put(KEYS.getFirst() + "~1", new ModelKey(KEYS.getFirst()), null);
        }
        holds.plan();
        for (Happening happening : HostPlan.draw(choices)) {
            toCome++;
            agenda.in(happening.at(), () -> {
                toCome--;
                befall(happening);
            });
        }
        WatchFaults.plan(choices, agenda, host, fault -> struck(fault, null));
        wakeAt(core.clock().instant());
        Instant end = agenda.now().plus(Duration.ofHours(2));
        while (!isQuiet() && agenda.hasAnyBefore(end)) {
            agenda.next();
            invariants.require(steps < MOST_EVENTS, "the host comes to rest");
        }
        invariants.atTheEnd(state, isQuiet());
        intents.recover(core.clock().instant().plus(Duration.ofDays(1)), -1, Orphan.GONE);
        invariants.require(intents.open().isEmpty(), "no intent stays in the journal for ever");
    }

    /** Nothing is to come that somebody waits for; looks alone go on for ever. */
    private boolean isQuiet() {
        return toCome == 0
                && using == 0
                && up
                && !processes.isBusy()
                && invariants.everybodyIsAnswered()
                && state.running() == null
                && state.queue().isEmpty()
                && state.doubts().isEmpty()
                && holds.isQuiet()
                && !state.readingRows();
    }

    private HostProcesses processes() {
        int mine = life;
        return new HostProcesses(agenda, choices, policy, host, intents, new HostProcesses.Listener() {
            @Override
            public void event(HostEvent event) {
                if (mine == life) {
                    on(event);
                }
            }

            @Override
            public void expired(RoughHost.Resident resident) {
                if (up) {
                    invariants.holds().expired(resident, state, core.clock().instant());
                }
            }

            @Override
            public void struck(Fault fault, @Nullable ModelKey subject) {
                HostSchedule.this.struck(fault, subject);
            }

            @Override
            public void killed(ModelKey key, String identifier, Instant since) {
                invariants.killed(key, identifier, since);
            }
        });
    }

    private void struck(Fault fault, @Nullable ModelKey subject) {
        if (fault != Fault.LOOK_FAILS && fault != Fault.ROWS_FAIL) {
            invariants.note("# " + fault.text() + (subject == null ? "" : " " + subject));
        }
        invariants.holds().struck(fault);
        if (up) {
            faults.struck(fault, state, subject);
        }
    }

    private void befall(Happening what) {
        ModelKey key = new ModelKey(KEYS.get(what.number(0, 3)));
        switch (what.kind()) {
            case ENSURE, UNLOAD -> ask(what);
            case HOST_GOES -> goDown(what);
            case APPEARS -> {
                host.put(key.value(), key, what.chance(1, 50) ? Duration.ofSeconds(30) : null);
                struck(Fault.APPEARS, key);
            }
            case DOUBLES -> {
                host.put(key + ":2", key, null);
                struck(Fault.DOUBLES, key);
            }
            case VANISHES, BLINKS ->
                host.any(what.number(0, 10)).ifPresent(one -> {
                    host.remove(one.identifier);
                    struck(Fault.VANISHES, one.key);
                    if (what.kind() == HostPlan.Kind.BLINKS) {
                        agenda.in(what.number(1, 3_000), () -> host.put(one.identifier, one.key, one.ttl));
                    }
                });
            case RESTART -> die(what.number(0, 30_000));
            case CLOCK_AHEAD -> setClock(Fault.CLOCK_AHEAD, Duration.ofSeconds(what.number(0, 600)));
            case CLOCK_BACK -> setClock(Fault.CLOCK_BACK, Duration.ofSeconds(-what.number(0, 600)));
            case SHUTDOWN -> {
                if (up) {
                    struck(Fault.SHUTDOWN, null);
                    on(new HostEvent.ShutdownAsked());
                    int mine = life;
                    agenda.in(10_000, () -> {
                        if (mine == life) {
                            die(0);
                        }
                    });
                }
            }
        }
    }

    private void setClock(Fault fault, Duration by) {
        struck(fault, null);
        agenda.setWall(by);
        invariants.clockWasSet(by);
    }

    private void goDown(Happening what) {
        struck(Fault.HOST_GOES, null);
        host.down = true;
        if (what.chance(1, 50)) {
            host.forgetAll();
        }
        agenda.in(what.number(2, 40_000), () -> {
            host.down = false;
            struck(Fault.HOST_RETURNS, null);
        });
    }

    private void ask(Happening what) {
        if (!up) {
            return;
        }
        String caller = "caller-" + what.place();
        String name = what.model(KEYS, host);
        Instant now = core.clock().instant();
        Duration patience = what.chance(2, 20) ? Duration.ofSeconds(1) : PATIENCE;
        HostEvent asked = what.asks(caller, name, now, now.plus(patience));
        invariants.asked(caller, asked, patience);
        if (what.chance(4, 20)) {
            agenda.in(what.number(4, 60_000), () -> leave(caller, new ModelKey(name)));
        }
        on(asked);
    }

    private void leave(String caller, ModelKey name) {
        if (invariants.left(caller)) {
            struck(Fault.CALLER_LEAVES, name);
            on(new HostEvent.CallerLeft(caller));
        }
    }

    /** The bridge is killed whatever it does, and begins again later with what the journal says. */
    private void die(int downFor) {
        if (!up) {
            return;
        }
        struck(Fault.RESTART, null);
        up = false;
        life++;
        using = 0;
        Orphan fate = FATES.get(choices.next(RESTART, FATES.size()));
        long orphan = processes.isBusy() ? processes.orphan(fate) : -1;
        invariants.died();
        holds.died();
        agenda.in(downFor, () -> {
            up = true;
            core = maker.make(policy, agenda.wall());
            processes = processes();
            Instant now = core.clock().instant();
            Map<ModelKey, Doubt> doubts = intents.recover(now, orphan, fate);
            state = core.start(now, choices.next(RESTART, 1 << 20), doubts);
            invariants.begun(doubts);
            look();
        });
    }

    private void on(HostEvent event) {
        steps++;
        HostCore.Step step = core.on(state, event);
        invariants.stepped(event, state, step, core.clock().instant());
        state = step.state();
        int mine = life;
        for (HostAction action : step.actions()) {
            if (mine == life) {
                carryOut(action);
            }
        }
        if (mine == life) {
            wakeAt(step.wakeAt());
        }
    }

    private void wakeAt(Instant due) {
        long mine = ++wakes;
        int now = life;
        Duration pause = Duration.between(core.clock().instant(), due);
        long millis = pause.compareTo(Duration.ofSeconds(60)) > 0 ? 60_000 : pause.toMillis() + 1;
        agenda.in(Math.max(1, millis), () -> {
            if (mine == wakes && now == life) {
                on(new HostEvent.Ticked());
            }
        });
    }

    private void carryOut(HostAction action) {
        switch (action) {
            case HostAction.Look look -> look();
            case HostAction.ReadRows read -> readRows();
            case HostAction.RunLoad load -> {
                invariants.begins(load, processes.isBusy(), state, core.clock().instant());
                long mark = note(true, load.key(), load.identifier(), policy.maxLoad());
                if (up) {
                    processes.load(load, mark);
                }
            }
            case HostAction.RunUnload unload -> {
                invariants.begins(
                        unload, processes.isBusy(), state, core.clock().instant());
                Operation running = state.running();
                ModelKey key = running == null ? new ModelKey(unload.identifier()) : running.key();
                long mark = note(false, key, unload.identifier(), unload.deadline());
                if (up) {
                    processes.unload(unload, key, mark);
                }
            }
            case HostAction.Postpone postpone ->
                invariants.require(
                        processes.postpone(postpone, invariants.slack()), "P7: no load exceeds the limit of all loads");
            case HostAction.Interrupt interrupt -> processes.interrupt(interrupt.operation());
            case HostAction.Reply reply -> replied(reply);
            case HostAction.Tell told -> {}
            case HostAction.Estimate estimate -> processes.estimate(estimate);
            case HostAction.Rearm rearm -> holds.rearm(rearm, state);
            case HostAction.EndUsers end -> {}
        }
    }

    /** Now and then the bridge is killed when the intent is on disk and its process has not begun. */
    private long note(boolean load, ModelKey key, String identifier, Duration deadline) {
        long mark = intents.begin(load, key, identifier, core.clock().instant().plus(deadline));
        if (choices.chance(RESTART, 1)) {
            die(choices.next(RESTART, 5_000));
        }
        return mark;
    }

    private void look() {
        int mine = life;
        Instant began = agenda.now();
        Instant startedAt = core.clock().instant();
        int answer = choices.next(LOOK, choices.chance(LOOK, 10) ? 4_000 : 50);
        boolean fails = choices.chance(LOOK, 4) || host.httpBroken;
        agenda.in(answer - choices.next(LOOK, answer + 1), () -> {
            boolean refused = host.down;
            List<LoadedModel> loaded = host.loaded();
            agenda.in(answer, () -> {
                if (mine != life) {
                    return;
                }
                if (refused || fails) {
                    struck(Fault.LOOK_FAILS, null);
                    on(new HostEvent.ObservationFailed("it does not answer", refused));
                } else {
                    invariants.shown(loaded, began);
                    on(new HostEvent.Observed(new Observation(new Catalog(disk), loaded), startedAt));
                }
            });
        });
    }

    private void readRows() {
        invariants.readsRows(true);
        int mine = life;
        Instant startedAt = core.clock().instant();
        boolean fails = choices.chance(ROWS, 10);
        int answer = choices.next(ROWS, fails ? 30_000 : 1_000);
        agenda.in(answer - choices.next(ROWS, answer + 1), () -> {
            boolean unread = host.down || fails || host.lmsBroken;
            List<InstanceRow> rows = host.rows();
            agenda.in(answer, () -> {
                if (mine != life) {
                    return;
                }
                invariants.readsRows(false);
                if (unread) {
                    struck(Fault.ROWS_FAIL, null);
                    on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "no rows"), startedAt));
                } else {
                    on(new HostEvent.RowsRead(rows, startedAt));
                }
            });
        });
    }

    private void replied(HostAction.Reply reply) {
        invariants.replied(reply, state);
        if (reply.answer() instanceof Answer.Ready ready && choices.chance(USE, 70)) {
            int mine = life;
            using++;
            int later = choices.chance(USE, 20) ? choices.next(USE, 3_000) : 0;
            int takes = choices.next(USE, choices.chance(USE, 20) ? 60_000 : 2_000);
            agenda.in(later, () -> {
                if (mine == life) {
                    use(ready.instance(), takes);
                }
            });
        }
    }

    private void use(Instance instance, int takes) {
        int mine = life;
        Duration ttl = holds.ttl();
        boolean idle = instance.inFlight() == 0;
        if (!instance.admit(ttl.toMillis())) {
            using--;
            return;
        }
        invariants.admitted(instance, state);
        invariants.holds().entered(instance.usage(), ttl, idle);
        Runnable done = holds.use(instance.identifier());
        agenda.in(takes, () -> {
            if (host.answers(instance, core.clock().instant())) {
                invariants.heard(instance);
            }
            instance.leave();
            invariants.holds().left(instance.usage(), core.clock().instant());
            done.run();
            if (mine == life) {
                using--;
            }
        });
    }

    int steps() {
        return steps;
    }

    FaultCounts faults() {
        return faults;
    }

    HostInvariants invariants() {
        return invariants;
    }
}
