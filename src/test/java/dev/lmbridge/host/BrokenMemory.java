package dev.lmbridge.host;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Cores that each give memory away by a wrong rule, as {@link BrokenCore} breaks the other promises. */
enum BrokenMemory {
    GIVES_IT_AWAY_TWICE("memory") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            HostPolicy.Fitting genuine = core.policy().fitting();
            Long budget = genuine.budgetBytes();
            return with(core, budget == null ? null : budget * 2, genuine.residency())
                    .on(state, event);
        }
    },
    EVICTS_WHO_NEED_NOT_GO("memory") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            HostPolicy.Fitting genuine = core.policy().fitting();
            Long budget = genuine.budgetBytes();
            return with(core, budget == null ? null : budget * 3 / 4, genuine.residency())
                    .on(state, event);
        }
    },
    EVICTS_WHAT_OTHERS_HAVE_LOADED("P5") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            if (!(event instanceof HostEvent.EnsureAsked || event instanceof HostEvent.Estimated)) {
                return core.on(state, event);
            }
            HostCore.Step step = core.on(core.owning(state, any -> true), event);
            HostState next = core.owning(step.state(), identifier -> identifier.contains("~"));
            return new HostCore.Step(
                    next,
                    HostView.of(next, Room.of(next, core.policy(), core.clock().instant())),
                    step.wakeAt(),
                    step.actions());
        }
    },
    EVICTS_AT_ONCE("memory") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            return with(core, core.policy().fitting().budgetBytes(), Duration.ZERO)
                    .on(state, event);
        }
    },
    LEAVES_THE_DRAINED_SHUT("P5") {
        @Override
        HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            state.memory().drained().stream()
                    .flatMap(identifier -> step.state().instances().values().stream()
                            .filter(instance -> identifier.equals(instance.identifier())))
                    .forEach(instance -> instance.usage().gate().close());
            return step;
        }
    };

    private final String promise;

    BrokenMemory(String promise) {
        this.promise = promise;
    }

    /** A step of the true core, spoilt. */
    abstract HostCore.Step on(BrokenCore.Spoilt core, HostState state, HostEvent event);

    /** The promise that it breaks. */
    String promise() {
        return promise;
    }

    private static HostCore with(BrokenCore.Spoilt core, @Nullable Long budget, Duration residency) {
        HostPolicy policy = core.policy();
        HostPolicy.Fitting other =
                new HostPolicy.Fitting(budget, policy.fitting().reserveBytes(), residency);
        return new HostCore(policy.fitting(other), core.clock());
    }

    SimulatedCore make(HostPolicy policy, InstantSource wall) {
        InstantSource clock = new ForwardClock(wall);
        BrokenCore.Spoilt core = new BrokenCore.Spoilt(policy, clock, new HostCore(policy, clock));
        return new SimulatedCore() {
            @Override
            public InstantSource clock() {
                return clock;
            }

            @Override
            public HostCore.Step on(HostState state, HostEvent event) {
                return BrokenMemory.this.on(core, state, event);
            }
        };
    }
}
