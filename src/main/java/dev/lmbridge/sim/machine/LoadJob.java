package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A load on its way. It holds its identifier and its memory from the beginning to the end. */
public final class LoadJob {
    private static final int STEPS = 20;
    private static final Pattern UNPRINTABLE = Pattern.compile("\\p{C}");

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
        if (wanted != null && !isReasonable(wanted)) {
            refuse(Refusal.identifierUnreasonable());
            return;
        }
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
        LoadPlan plan = LoadPlan.of(known, machine.settings(), machine.faults());
        next = machine.agenda().in(plan.time().dividedBy(STEPS), () -> step(1, plan, known));
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

    /** The bounds of lmstudio-js, {@code reasonable.ts}. */
    private static boolean isReasonable(String name) {
        return !name.isEmpty()
                && name.length() <= 1024
                && !name.equals("__proto__")
                && !UNPRINTABLE.matcher(name).find();
    }

    private Optional<Refusal> refusalOf(CatalogueModel known) {
        double gigabytes = (double) machine.memoryNeeded(known, request.contextLength()) / MachineSettings.GB;
        Optional<Refusal> fault = LoadPlan.refusal(known, gigabytes, machine.faults());
        return fault.isPresent() || machine.fits(known, request.contextLength())
                ? fault
                : Optional.of(Refusal.memory(gigabytes));
    }

    private void step(int number, LoadPlan plan, CatalogueModel known) {
        progress = (double) number / STEPS;
        boolean goesOn = number < STEPS && (number != STEPS / 2 || plan.turn() == LoadPlan.Turn.GOES_ON);
        next = goesOn ? machine.agenda().in(plan.time().dividedBy(STEPS), () -> step(number + 1, plan, known)) : null;
        if (plan.shown()) {
            listener.progress(progress);
        }
        if (ended) {
            return;
        }
        if (number == STEPS) {
            succeed(known);
        } else if (!goesOn && plan.turn() == LoadPlan.Turn.DIES) {
            machine.kill(plan.untilBack());
        }
    }

    private void succeed(CatalogueModel known) {
        FaultBook faults = machine.faults();
        String key = known.modelKey();
        LoadRequest effective = faults.take(FaultKind.INSTANCE_CONTEXT, key)
                .map(fault -> request.withContextLength(fault.tokens()))
                .orElse(request);
        Instance instance = machine.newInstance(identifier, known, effective);
        Optional<Fault> late = faults.take(FaultKind.LOAD_LATE, key);
        if (late.isPresent()) {
            machine.report(instance);
            next = machine.agenda().in(late.get().after(), () -> {
                end();
                machine.add(instance);
            });
        } else {
            end();
            if (faults.take(FaultKind.LOAD_LOST, key).isPresent()) {
                machine.report(instance);
            } else {
                list(instance, known, effective);
            }
        }
        listener.loaded(instance);
    }

    private void list(Instance instance, CatalogueModel known, LoadRequest effective) {
        machine.add(instance);
        if (machine.faults().take(FaultKind.INSTANCE_DOUBLES, known.modelKey()).isPresent()) {
            machine.add(machine.newInstance(machine.freeIdentifier(identifier), known, effective));
        }
        machine.faults()
                .take(FaultKind.INSTANCE_VANISHES, known.modelKey())
                .ifPresent(fault -> machine.agenda().in(fault.after(), () -> machine.lose(instance)));
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
