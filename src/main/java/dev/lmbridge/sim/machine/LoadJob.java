package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A load on its way. It holds its identifier and its memory from the beginning to the end. */
public final class LoadJob {
    private static final int STEPS = 20;

    private final SimMachine machine;
    private final LoadRequest request;
    private final LoadListener listener;
    private String identifier = "";
    private @Nullable CatalogueModel model;
    private Agenda.@Nullable Entry next;
    private double progress;
    private boolean ended;

    LoadJob(SimMachine machine, LoadRequest request, LoadListener listener) {
        this.machine = machine;
        this.request = request;
        this.listener = listener;
    }

    /** The identifier that the instance will have; empty before the load was admitted. */
    public String identifier() {
        return identifier;
    }

    public LoadRequest request() {
        return request;
    }

    /** How far it is, 0 to 1. */
    public double progress() {
        return progress;
    }

    /** Ends the load without an instance; its listener hears nothing more. Nothing happens when it is over. */
    public void cancel() {
        end();
    }

    long memory() {
        return model == null ? 0 : machine.memoryNeeded(model, request.contextLength());
    }

    void begin() {
        if (ended) {
            return;
        }
        Optional<CatalogueModel> found = machine.catalogue().byKeyOrVariant(request.modelKey());
        if (found.isEmpty()) {
            refuse(Refusal.pathNotFound(request.modelKey()));
            return;
        }
        CatalogueModel known = found.get();
        String wanted = request.identifier();
        if (wanted != null && machine.isTaken(wanted)) {
            refuse(Refusal.identifierTaken(wanted));
            return;
        }
        if (request.jit()) {
            machine.evictOtherJit();
        }
        Optional<Refusal> refusal = refusalOf(known);
        if (refusal.isPresent()) {
            refuse(refusal.get());
            return;
        }
        identifier = wanted != null ? wanted : machine.freeIdentifier(known.modelKey());
        model = known;
        machine.began(this);
        listener.resolved(known);
        boolean hangs =
                machine.faults().take(FaultKind.LOAD_HANGS, known.modelKey()).isPresent();
        Duration step = machine.settings().loadTimeOf(known.sizeBytes()).dividedBy(STEPS);
        next = machine.agenda().in(step, () -> step(1, hangs ? STEPS / 2 : STEPS, step, known));
    }

    void fail(Refusal refusal) {
        if (end()) {
            machine.agenda().soon(() -> listener.failed(refusal));
        }
    }

    private void refuse(Refusal refusal) {
        ended = true;
        listener.failed(refusal);
    }

    private Optional<Refusal> refusalOf(CatalogueModel known) {
        String key = known.modelKey();
        double gigabytes = (double) machine.memoryNeeded(known, request.contextLength()) / MachineSettings.GB;
        Optional<Fault> memory = machine.faults().take(FaultKind.LOAD_MEMORY, key);
        if (memory.isPresent()) {
            Double figure = memory.get().gigabytes();
            return Optional.of(Refusal.memory(figure == null ? gigabytes : figure));
        }
        Optional<Fault> failure = machine.faults().take(FaultKind.LOAD_FAILS, key);
        if (failure.isPresent()) {
            String text = failure.get().text();
            return Optional.of(
                    Refusal.loadFailed(text == null ? "The engine of the simulation was told to fail." : text));
        }
        return machine.fits(known, request.contextLength()) ? Optional.empty() : Optional.of(Refusal.memory(gigabytes));
    }

    private void step(int number, int last, Duration step, CatalogueModel known) {
        progress = (double) number / STEPS;
        if (number < last) {
            next = machine.agenda().in(step, () -> step(number + 1, last, step, known));
        } else if (last == STEPS) {
            next = null;
        }
        listener.progress(progress);
        if (number == STEPS && !ended) {
            succeed(known);
        }
    }

    private void succeed(CatalogueModel known) {
        Instance instance = machine.newInstance(this, known, request);
        Optional<Fault> late = machine.faults().take(FaultKind.LOAD_LATE, known.modelKey());
        if (late.isPresent()) {
            next = machine.agenda().in(late.get().after(), () -> {
                end();
                machine.add(instance);
            });
        } else {
            end();
            if (machine.faults().take(FaultKind.LOAD_LOST, known.modelKey()).isEmpty()) {
                machine.add(instance);
            }
        }
        listener.loaded(instance);
    }

    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        if (next != null) {
            next.cancel();
        }
        machine.over(this);
        return true;
    }
}
