package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Cores whose watchdog is broken, each in one way, to show that {@link WatchInvariants} notices. */
enum BrokenWatch {
    TELLS_NOTHING("Watch: ") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            return without(
                    core.on(state, event), action -> action instanceof HostAction.Tell(HostNotice.FindingBegan began));
        }
    },
    TELLS_IT_EACH_TIME("Watch: a finding is told once") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            List<HostAction> more = new ArrayList<>(step.actions());
            if (event instanceof HostEvent.Observed) {
                step.view().findings().forEach(one -> more.add(new HostAction.Tell(new HostNotice.FindingBegan(one))));
            }
            return new HostCore.Step(step.state(), step.view(), step.wakeAt(), more);
        }
    },
    BELIEVES_IN_ONE_MACHINE("Watch: two machines are found") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            Turn turn = core.turn(state);
            turn.watch = turn.watch.with(state.watch().rows().compared(Watch.Paths.AGREE, Set.of(), ""));
            return core.on(event instanceof HostEvent.Observed ? turn.state() : state, event);
        }
    },
    BELIEVES_IN_LMS("Watch: lms that fails while HTTP works is found") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            Turn turn = core.turn(state);
            turn.watch = turn.watch.with(Watch.Rows.UNREAD);
            return core.on(event instanceof HostEvent.Observed ? turn.state() : state, event);
        }
    },
    HEALS_NOTHING("Watch: what is wanted and missing is loaded") {
        @Override
        HostPolicy policy(HostPolicy policy) {
            return policy.watching(new HostPolicy.Watching(
                    policy.watching().rowsEvery(), false, policy.watching().wanted()));
        }
    },
    HEALS_FOR_EVER("Watch: what ") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            Turn turn = core.turn(state);
            Watch.Repairs known = state.watch().repairs();
            turn.watch = turn.watch.with(
                    new Watch.Repairs(known.missing(), known.preload(), Map.of(), known.givenUp(), known.cleared()));
            return core.on(turn.state(), event);
        }
    },
    LOADS_WHAT_NOBODY_WANTS("Watch: nothing is loaded that nobody wants") {
        @Override
        HostPolicy policy(HostPolicy policy) {
            return policy.watching(new HostPolicy.Watching(
                    policy.watching().rowsEvery(),
                    true,
                    List.of(new Wanted(new ModelKey("d/four"), Duration.ofHours(1), null, true))));
        }
    };

    private final String promise;

    BrokenWatch(String promise) {
        this.promise = promise;
    }

    String promise() {
        return promise;
    }

    HostPolicy policy(HostPolicy policy) {
        return policy;
    }

    HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
        return core.on(state, event);
    }

    SimulatedCore make(HostPolicy policy, InstantSource wall) {
        InstantSource clock = new ForwardClock(wall);
        HostPolicy broken = policy(policy);
        BrokenCore.Spoilt core = new BrokenCore.Spoilt(broken, clock, new HostCore(broken, clock));
        return new SimulatedCore() {
            @Override
            public InstantSource clock() {
                return clock;
            }

            @Override
            public HostCore.Step on(HostState state, HostEvent event) {
                return BrokenWatch.this.on(core, state, event);
            }
        };
    }

    private static HostCore.Step without(HostCore.Step step, Predicate<HostAction> left) {
        List<HostAction> rest = new ArrayList<>(step.actions());
        rest.removeIf(left);
        return new HostCore.Step(step.state(), step.view(), step.wakeAt(), rest);
    }
}
