package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Cores that each break one promise, to show that the schedules notice. The true core does the work; each spoils what it says. */
enum BrokenCore {
    STARTS_A_SECOND_PROCESS("P1") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return actions(
                    core.on(state, event),
                    action -> action instanceof HostAction.RunUnload run
                            ? List.of(run, new HostAction.RunUnload(run.operation(), run.identifier(), run.deadline()))
                            : List.of(action));
        }
    },
    FORGETS_THE_TTL("P2") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return actions(
                    core.on(state, event),
                    action -> List.of(
                            action instanceof HostAction.RunLoad run
                                    ? load(run, Duration.ZERO, run.identifier(), run.deadline())
                                    : action));
        }
    },
    BELIEVES_THE_EXIT_CODE("P3") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            if (event instanceof HostEvent.ProcessEnded ended
                    && ended.failure() == null
                    && step.state().running() instanceof Operation.Load load) {
                Instant now = core.clock().instant();
                Instance instance = new Instance(
                        load.identifier(),
                        load.key(),
                        false,
                        null,
                        null,
                        false,
                        now,
                        now,
                        null,
                        new Usage(core.clock()));
                Turn turn = core.turn(step.state());
                turn.running = load.withCallers(List.of());
                List<HostAction> more = new ArrayList<>(step.actions());
                load.callers()
                        .forEach(caller -> more.add(new HostAction.Reply(
                                caller.id(), new Answer.Ready(instance, false, null, null, 1, List.of()))));
                return new HostCore.Step(turn.state(), step.view(), step.wakeAt(), more);
            }
            return step;
        }
    },
    HARDLY_EVER_LOOKS("P3") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            if (!(event instanceof HostEvent.Observed)) {
                return step;
            }
            Turn turn = core.turn(step.state());
            turn.lookAt = core.clock().instant().plusSeconds(60);
            return new HostCore.Step(turn.state(), step.view(), turn.wakeAt(), step.actions());
        }
    },
    BELIEVES_IN_A_HOST_THAT_IS_DOWN("P3") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            if (!(event instanceof HostEvent.ObservationFailed failed)) {
                return core.on(state, event);
            }
            Turn turn = core.turn(state);
            turn.observedAt = core.clock().instant();
            return core.on(turn.state(), new HostEvent.ObservationFailed(failed.why(), false));
        }
    },
    LOADS_WHAT_IS_LOADED("P4") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            if (!(event instanceof HostEvent.EnsureAsked)) {
                return core.on(state, event);
            }
            Turn blind = core.turn(state);
            blind.instances.clear();
            HostCore.Step step = core.on(blind.state(), event);
            Turn turn = core.turn(step.state());
            turn.instances.putAll(state.instances());
            return with(step, turn);
        }
    },
    JOINS_NOBODY("P4") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            if (!(event instanceof HostEvent.EnsureAsked)) {
                return core.on(state, event);
            }
            Turn blind = core.turn(state);
            blind.queue.clear();
            HostCore.Step step = core.on(blind.state(), event);
            Turn turn = core.turn(step.state());
            turn.queue.removeIf(operation -> operation.cause() == Cause.IDLE);
            turn.queue.addAll(0, state.queue());
            return with(step, turn);
        }
    },
    UNLOADS_IN_USE("P5") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return core.on(
                    state,
                    event instanceof HostEvent.UnloadAsked asked
                            ? new HostEvent.UnloadAsked(asked.caller(), asked.name(), true, asked.queueUntil())
                            : event);
        }
    },
    UNLOADS_WITH_THE_GATE_OPEN("P5") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            step.state()
                    .instances()
                    .values()
                    .forEach(instance -> instance.usage().gate().reopen());
            return step;
        }
    },
    LEAVES_THE_GATE_SHUT("P5") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            if (state.running() instanceof Operation.Unload unload
                    && step.state().running() == null) {
                unload.remaining().stream()
                        .flatMap(identifier -> step.state().instances().values().stream()
                                .filter(instance -> identifier.equals(instance.identifier())))
                        .forEach(instance -> instance.usage().gate().close());
            }
            return step;
        }
    },
    DROPS_A_REPLY("P6") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return actions(
                    core.on(state, event),
                    action -> action instanceof HostAction.Reply(String caller, Answer.Refused refused)
                            ? List.of()
                            : List.of(action));
        }
    },
    ANSWERS_TWICE("P6") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return actions(
                    core.on(state, event),
                    action -> action instanceof HostAction.Reply ? List.of(action, action) : List.of(action));
        }
    },
    ANSWERS_WHO_HAS_LEFT("P6") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return event instanceof HostEvent.CallerLeft
                    ? core.on(state, new HostEvent.Ticked())
                    : core.on(state, event);
        }
    },
    NEVER_WAKES("P6") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            return step.state().queue().isEmpty()
                    ? step
                    : new HostCore.Step(step.state(), step.view(), Instant.MAX, step.actions());
        }
    },
    LETS_THE_CLOCK_GO_BACK("P3") {
        @Override
        InstantSource clock(InstantSource wall) {
            return wall;
        }
    },
    LOADS_WHAT_IS_DOUBTFUL("P7") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            Turn blind = core.turn(state);
            blind.doubts.clear();
            HostCore.Step step = core.on(blind.state(), event);
            Turn turn = core.turn(step.state());
            state.doubts().forEach((key, doubt) -> {
                if (doubt.until().isAfter(core.clock().instant())) {
                    turn.doubts.putIfAbsent(key, doubt);
                }
            });
            return with(step, turn);
        }
    },
    FORGETS_DOUBTS_WHEN_IT_BEGINS("P7") {
        @Override
        Map<ModelKey, Doubt> doubts(Map<ModelKey, Doubt> kept) {
            return Map.of();
        }
    },
    DOUBTS_FOR_EVER("P7") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            Turn turn = core.turn(step.state());
            turn.doubts.replaceAll((key, doubt) ->
                    new Doubt(doubt.identifier(), core.clock().instant().plus(Duration.ofHours(1))));
            return with(step, turn);
        }
    },
    SETS_NO_DEADLINE("P7") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return actions(
                    core.on(state, event),
                    action -> List.of(
                            action instanceof HostAction.RunLoad run
                                    ? load(run, run.ttl(), run.identifier(), Duration.ofDays(1))
                                    : action));
        }
    },
    LOADS_UNDER_THE_BARE_KEY("P8") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return actions(
                    core.on(state, event),
                    action -> List.of(
                            action instanceof HostAction.RunLoad run
                                    ? load(run, run.ttl(), run.key().value(), run.deadline())
                                    : action));
        }
    },
    ANSWERS_WITH_ANOTHER_MODEL("P8") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return core.on(
                    state,
                    event instanceof HostEvent.EnsureAsked asked
                                    && !state.instances().isEmpty()
                            ? new HostEvent.EnsureAsked(
                                    asked.caller(),
                                    state.instances().keySet().iterator().next(),
                                    asked.ttl(),
                                    asked.contextLength(),
                                    asked.queueUntil(),
                                    asked.viewSince())
                            : event);
        }
    },
    IGNORES_AN_OPEN_BREAKER("P9") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            if (!(event instanceof HostEvent.EnsureAsked) && !(event instanceof HostEvent.Observed)) {
                return core.on(state, event);
            }
            Turn blind = core.turn(state);
            blind.breakers = Breakers.CLOSED;
            HostCore.Step step = core.on(blind.state(), event);
            Turn turn = core.turn(step.state());
            turn.breakers = state.breakers();
            return with(step, turn);
        }
    },
    ONE_SICK_MODEL_HURTS_ALL("P9") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            boolean sick = state.breakers().models().values().stream().anyMatch(one -> one.openUntil() != null);
            return actions(
                    step,
                    action -> List.of(
                            sick && action instanceof HostAction.Reply(String caller, Answer.Ready ready)
                                    ? new HostAction.Reply(
                                            caller,
                                            new Answer.Refused(circuitOpen().withRetryAfter(Duration.ofSeconds(1))))
                                    : action));
        }
    },
    TELLS_NO_RETRY("P9") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            return actions(
                    core.on(state, event),
                    action -> List.of(
                            action instanceof HostAction.Reply(String caller, Answer.Refused refused)
                                            && refused.failure().code() == FailureCode.CIRCUIT_OPEN
                                    ? new HostAction.Reply(caller, new Answer.Refused(circuitOpen()))
                                    : action));
        }
    },
    GOES_ON_AFTER_THE_SHUTDOWN("P6") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            HostCore.Step step = core.on(state, event);
            Turn turn = core.turn(step.state());
            turn.stopping = false;
            return with(step, turn);
        }
    },
    FORGETS_WHAT_IS_HELD("P5") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            if (!(event instanceof HostEvent.Observed) && !(event instanceof HostEvent.RowsRead)) {
                return core.on(state, event);
            }
            Turn blind = core.turn(state);
            blind.holds = blind.holds.with(LeaseBook.EMPTY).withPins(Map.of());
            HostCore.Step step = core.on(blind.state(), event);
            Turn turn = core.turn(step.state());
            turn.holds = turn.holds
                    .with(state.holds().leases())
                    .withPins(state.holds().pins());
            return with(step, turn);
        }
    },
    LETS_NOTHING_GO("P2") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            Turn turn = core.turn(state);
            state.instances()
                    .keySet()
                    .forEach(one -> turn.holds =
                            turn.holds.sparing(one, core.clock().instant().plus(Duration.ofDays(1))));
            return core.on(turn.state(), event);
        }
    },
    NEVER_REARMS("P2") {
        @Override
        HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
            Turn turn = core.turn(state);
            Instant now = core.clock().instant();
            state.instances().forEach((identifier, instance) -> {
                Rearming known = state.holds().rearming().get(identifier);
                if (known == null || known.isOver()) {
                    turn.holds = turn.holds.rearming(
                            identifier,
                            new Rearming(
                                    Rearming.Phase.FAILED,
                                    instance.usage(),
                                    null,
                                    1,
                                    now,
                                    now.plus(Duration.ofDays(1))));
                }
            });
            return core.on(turn.state(), event);
        }
    };

    private final String promise;

    BrokenCore(String promise) {
        this.promise = promise;
    }

    /** The promise that it breaks. */
    String promise() {
        return promise;
    }

    HostCore.Step on(Spoilt core, HostState state, HostEvent event) {
        return core.on(state, event);
    }

    InstantSource clock(InstantSource wall) {
        return new ForwardClock(wall);
    }

    Map<ModelKey, Doubt> doubts(Map<ModelKey, Doubt> kept) {
        return kept;
    }

    /** The true core, and how to edit a state. */
    record Spoilt(HostPolicy policy, InstantSource clock, HostCore genuine) {
        HostCore.Step on(HostState state, HostEvent event) {
            return genuine.on(state, event);
        }

        Turn turn(HostState state) {
            return new Turn(policy, clock, state);
        }

        /** The same, but those instances are the bridge's own of which {@code ours} says so. */
        HostState owning(HostState state, Predicate<String> ours) {
            Turn turn = turn(state);
            turn.instances.replaceAll((identifier, one) -> new Instance(
                    identifier,
                    one.key(),
                    !ours.test(identifier),
                    one.contextLength(),
                    one.ttl(),
                    one.ttlKnown(),
                    one.loadedAt(),
                    one.verifiedAt(),
                    one.hostLastUsed(),
                    one.usage()));
            return turn.state();
        }
    }

    SimulatedCore make(HostPolicy policy, InstantSource wall) {
        InstantSource clock = clock(wall);
        Spoilt core = new Spoilt(policy, clock, new HostCore(policy, clock));
        return new SimulatedCore() {
            @Override
            public InstantSource clock() {
                return clock;
            }

            @Override
            public HostCore.Step on(HostState state, HostEvent event) {
                return BrokenCore.this.on(core, state, event);
            }

            @Override
            public HostState start(Instant now, long seed, Map<ModelKey, Doubt> doubts) {
                return HostState.initial(now, seed, doubts(doubts));
            }
        };
    }

    private static HostCore.Step actions(HostCore.Step step, Function<HostAction, List<HostAction>> change) {
        List<HostAction> changed = step.actions().stream()
                .flatMap(action -> change.apply(action).stream())
                .toList();
        return new HostCore.Step(step.state(), step.view(), step.wakeAt(), changed);
    }

    private static HostCore.Step with(HostCore.Step step, Turn turn) {
        HostState state = turn.state();
        return new HostCore.Step(state, HostView.of(state), turn.wakeAt(), step.actions());
    }

    private static HostAction load(HostAction.RunLoad run, Duration ttl, String identifier, Duration deadline) {
        return new HostAction.RunLoad(run.operation(), run.key(), identifier, ttl, run.contextLength(), deadline);
    }

    private static Failure circuitOpen() {
        return Failure.of(FailureCode.CIRCUIT_OPEN, "not now");
    }
}
