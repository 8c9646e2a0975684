package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.logs.LogEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One inference on its way: waiting for its model, waiting for a slot, reading its prompt, giving tokens, over. */
public final class Work {
    /** A prompt is read so many times faster than an answer is written; even the shortest is like one of a few tokens. */
    private static final int PROMPT_SPEED = 30;

    private static final int SHORTEST_PROMPT = 6;
    /** A long prompt is read in parts, and tells how far it is. */
    private static final int PROMPT_PARTS = 4;

    private static final int LONG_PROMPT = 100;

    private static final Logger log = LoggerFactory.getLogger(Work.class);

    private final SimMachine machine;
    private final Inference inference;
    private final WorkRequest request;
    private final WorkListener listener;
    private @Nullable Instance instance;
    private @Nullable Script script;
    private Agenda.@Nullable Entry next;
    private Duration interval = Duration.ZERO;
    private Instant tokenDue = Instant.EPOCH;
    private int given;
    private Instant began = Instant.EPOCH;
    private Instant promptRead = Instant.EPOCH;
    private boolean generating;
    private boolean paused;
    private boolean ended;

    Work(SimMachine machine, Inference inference, WorkRequest request, WorkListener listener) {
        this.machine = machine;
        this.inference = inference;
        this.request = request;
        this.listener = listener;
    }

    WorkRequest request() {
        return request;
    }

    boolean isGenerating() {
        return generating;
    }

    boolean isOver() {
        return ended;
    }

    /** Gives no more tokens until {@link #resume}: the reader is slow. The slot stays taken. */
    public void pause() {
        if (generating && !paused && next != null) {
            next.cancel();
        }
        paused = true;
    }

    public void resume() {
        if (paused) {
            paused = false;
            if (generating && !ended) {
                tokenDue = later(tokenDue, machine.agenda().now());
                next = machine.agenda().at(tokenDue, this::giveToken);
            }
        }
    }

    /** Stops. The listener hears nothing more; a prompt that is being processed is finished before its slot is free. */
    public void cancel() {
        if (!ended) {
            ended = true;
            logOutput("userStopped");
            if (instance == null || generating || !instance.running.contains(this)) {
                leave();
            }
        }
    }

    void loading(double fraction) {
        if (!ended) {
            listener.loading(fraction);
        }
    }

    void waitFor(Instance chosen) {
        instance = chosen;
    }

    void start(Instance chosen) {
        Script wanted = scriptFor(chosen);
        script = wanted;
        Duration pace = Duration.ofNanos(
                (long) (1_000_000_000L / machine.settings().engine().tokensPerSecond()));
        interval = machine.faults()
                .take(FaultKind.SLOW_TOKENS, chosen.model().modelKey())
                .map(Fault::after)
                .orElse(pace);
        began = machine.agenda().now();
        if (request.type() == ModelType.LLM) {
            machine.logs()
                    .tell(() -> new LogEntry.Input(
                            wanted.input().get(), chosen.model().path(), chosen.identifier()));
        }
        int prompt = Math.max(SHORTEST_PROMPT, wanted.promptTokens());
        int parts = prompt < LONG_PROMPT ? 1 : PROMPT_PARTS;
        Duration part = pace.multipliedBy(prompt).dividedBy(PROMPT_SPEED).dividedBy(parts);
        next = machine.agenda().in(part, () -> read(1, parts, part));
        listener.started(chosen, wanted);
    }

    /** A mistake in the rules that answer must not keep the slot for ever; to a client it is an engine that died. */
    private Script scriptFor(Instance chosen) {
        try {
            return request.script().apply(chosen);
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("instance", chosen.identifier())
                    .setCause(e)
                    .log("answer could not be made");
            return Script.refused(0, Refusal.crashed());
        }
    }

    private void read(int part, int parts, Duration time) {
        if (!ended) {
            listener.reading((double) part / parts);
        }
        if (part < parts) {
            next = machine.agenda().in(time, () -> read(part + 1, parts, time));
        } else {
            promptDone();
        }
    }

    /** Ends it from outside: the instance is gone, or the model could not be loaded. */
    void fail(Refusal refusal) {
        if (next != null) {
            next.cancel();
        }
        if (!ended) {
            ended = true;
            logOutput("modelUnloaded");
            listener.failed(refusal);
        }
    }

    private void promptDone() {
        if (ended) {
            leave();
            return;
        }
        Refusal refusal = script == null ? null : script.refusal();
        if (refusal != null) {
            ended = true;
            leave();
            listener.failed(refusal);
            return;
        }
        generating = true;
        promptRead = machine.agenda().now();
        tokenDue = promptRead;
        if (!paused) {
            giveToken();
        }
    }

    private void giveToken() {
        Script plan = script;
        Instance at = instance;
        if (ended || plan == null || at == null) {
            return;
        }
        if (given == plan.tokens().size()) {
            ended = true;
            logOutput(plan.stopReason());
            leave();
            listener.ended(at, plan);
            return;
        }
        tokenDue = tokenDue.plus(interval);
        next = machine.agenda().at(tokenDue, this::giveToken);
        listener.token(plan.tokens().get(given++));
    }

    /** What was given so far; nothing for a work that had not begun to answer, and for an embedding. */
    private void logOutput(String stopReason) {
        Script plan = script;
        Instance at = instance;
        if (generating && plan != null && at != null && request.type() == ModelType.LLM) {
            machine.logs()
                    .tell(() -> new LogEntry.Output(
                            plan.tokens().subList(0, given).stream()
                                    .map(Token::text)
                                    .collect(Collectors.joining()),
                            stats(stopReason, plan),
                            at.identifier()));
        }
    }

    private LogEntry.Stats stats(String stopReason, Script plan) {
        double reading = Duration.between(began, promptRead).toMillis() / 1000.0;
        double total = Duration.between(began, machine.agenda().now()).toMillis() / 1000.0;
        double pace = total > reading ? given / (total - reading) : 0;
        return new LogEntry.Stats(stopReason, pace, reading, total, plan.promptTokens(), given);
    }

    private void leave() {
        if (next != null) {
            next.cancel();
        }
        if (instance != null) {
            inference.left(instance, this);
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
