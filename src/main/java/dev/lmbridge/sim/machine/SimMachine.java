package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.logs.LogEntry;
import dev.lmbridge.sim.logs.LogEvents;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The simulated machine that LM Studio runs on: what is downloaded, what is loaded, what is being worked on. All its faces (HTTP,
 * {@code lms}, WebSocket) share one.
 *
 * <p>It belongs to one thread and has no timer of its own: the shell calls {@code agenda().runDue()} when {@code agenda().nextDue()}
 * has come, and everything that takes time happens in there. Listeners are called on that thread, never inside the call that took them.
 */
public final class SimMachine {
    /** Instances that were never listed and are still answered for. */
    private static final int REPORTED = 64;

    private final Downloads downloads;
    private final FaultBook faults;
    private final Agenda agenda;
    private final Inference inference;
    private final LogEvents logs;
    private final Power power;
    private final Map<String, Instance> instances = new LinkedHashMap<>();
    private final Set<LoadJob> loading = new LinkedHashSet<>();
    private final Deque<Instance> reported = new ArrayDeque<>();
    private Catalogue catalogue;
    private MachineSettings settings;
    private int lastReference;

    public SimMachine(Catalogue catalogue, MachineSettings settings, FaultBook faults, InstantSource clock) {
        this.catalogue = catalogue;
        this.settings = settings;
        this.faults = faults;
        this.agenda = new Agenda(clock);
        this.inference = new Inference(this);
        this.downloads = new Downloads(this, Hub.standard());
        this.logs = new LogEvents(clock);
        this.power = new Power(agenda, logs, () -> loseAll(Refusal.hostDown()));
        new HostFaults(faults, agenda, power);
    }

    /** What is downloaded now; a download makes it a new one. */
    public Catalogue catalogue() {
        return catalogue;
    }

    void catalogue(Catalogue changed) {
        catalogue = changed;
    }

    public Downloads downloads() {
        return downloads;
    }

    public MachineSettings settings() {
        return settings;
    }

    /** Takes effect for what begins afterwards. */
    public void settings(MachineSettings changed) {
        settings = changed;
    }

    public FaultBook faults() {
        return faults;
    }

    /** Whether LM Studio runs, and its HTTP server. */
    public Power power() {
        return power;
    }

    /** What LM Studio writes to its log. */
    public LogEvents logs() {
        return logs;
    }

    /** What will happen by itself; the shell keeps it running. */
    public Agenda agenda() {
        return agenda;
    }

    /** Loaded instances in the order of loading; one that is still loading is not among them. */
    public List<Instance> loaded() {
        return List.copyOf(instances.values());
    }

    public Optional<Instance> find(String identifier) {
        return Optional.ofNullable(instances.get(identifier));
    }

    /** Loads that have begun and not ended. */
    public List<LoadJob> loading() {
        return List.copyOf(loading);
    }

    /** Bytes held by instances and by loads that have begun. */
    public long memoryUsed() {
        return instances.values().stream().mapToLong(Instance::memory).sum()
                + loading.stream().mapToLong(LoadJob::memory).sum();
    }

    /** Bytes that a load with this context would take; the guardrail compares it with what is free. */
    public long memoryNeeded(CatalogueModel model, @Nullable Integer contextLength) {
        return model.memoryFor(contextOf(model, contextLength));
    }

    /** The part of {@link #memoryNeeded} that lies in the memory of the GPU. */
    public long gpuMemoryNeeded(CatalogueModel model, @Nullable Integer contextLength) {
        return gpuMemoryNeeded(model, contextLength, null);
    }

    /** The same for a load that asks for this share of the GPU, 0 to 1. */
    public long gpuMemoryNeeded(CatalogueModel model, @Nullable Integer contextLength, @Nullable Double ratio) {
        return model.gpuMemoryFor(contextOf(model, contextLength), ratio);
    }

    public boolean fits(CatalogueModel model, @Nullable Integer contextLength) {
        return memoryUsed() + memoryNeeded(model, contextLength)
                <= settings.engine().memoryBytes();
    }

    /** Begins a load; it is always a new instance, as with LM Studio. */
    public LoadJob load(LoadRequest request, LoadListener listener) {
        LoadJob job = new LoadJob(this, request, listener);
        agenda.soon(() -> {
            if (power.isUp()) {
                job.begin();
            } else {
                job.fail(Refusal.hostDown());
            }
        });
        return job;
    }

    /** Begins an inference, loading the model first if need be. */
    public Work work(WorkRequest request, WorkListener listener) {
        return inference.accept(request, listener);
    }

    /** Unloads an instance; what it works on fails. False if there is none with this identifier. */
    public boolean unload(String identifier) {
        return drop(identifier, Refusal.unloaded());
    }

    /** Does now what the idle time-to-live would do later. False if there is none with this identifier. */
    public boolean expire(String identifier) {
        return drop(identifier, Refusal.unloaded());
    }

    /** The engine loses this instance, if it is still there; another one with its name stays. */
    void lose(Instance instance) {
        if (instances.get(instance.identifier()) == instance) {
            drop(instance.identifier(), Refusal.unloaded());
        }
    }

    /** Loses every instance and every load at once, as when the engine dies. */
    public void crash() {
        loseAll(Refusal.crashed());
    }

    private void loseAll(Refusal why) {
        for (LoadJob job : loading()) {
            job.fail(why);
        }
        for (Instance instance : loaded()) {
            drop(instance.identifier(), why);
        }
    }

    /** LM Studio dies: all that it held is gone, and its ports are closed for this time; with no time at all, the engine alone dies. */
    void kill(Duration untilBack) {
        crash();
        if (untilBack.isPositive()) {
            power.down(untilBack);
        }
    }

    /**
     * The instance with this internal name, also one that a fault keeps off the list: LM Studio answers the {@code lms} that loaded it,
     * which asks by this name, as if it were there.
     */
    public Optional<Instance> byReference(String reference) {
        return Stream.concat(instances.values().stream(), reported.stream())
                .filter(instance -> instance.reference().equals(reference))
                .findFirst();
    }

    /** Answers {@link #byReference} for an instance that is not listed; only for the last ones, since nothing else frees them. */
    void report(Instance instance) {
        reported.add(instance);
        if (reported.size() > REPORTED) {
            reported.remove();
        }
    }

    /** The instance that serves requests for this name: by identifier, else as the loaded variant of its key. */
    public Optional<Instance> serving(String name) {
        return find(name)
                .or(() -> instances.values().stream()
                        .filter(instance -> name.equals(instance.variant()) && hasDefaultIdentifier(instance))
                        .findFirst());
    }

    boolean isTaken(String identifier) {
        return instances.containsKey(identifier)
                || loading.stream().anyMatch(job -> job.identifier().equals(identifier));
    }

    /** What the next instance would be called: the name itself, else the name with the first free number from 2 on. */
    public String freeIdentifier(String name) {
        String free = name;
        for (int number = 2; isTaken(free); number++) {
            free = name + ":" + number;
        }
        return free;
    }

    int contextOf(CatalogueModel model, @Nullable Integer wanted) {
        return wanted == null ? model.defaultContextLength() : Math.min(wanted, model.maxContextLength());
    }

    void evictOtherJit() {
        if (settings.jit().evictOther()) {
            for (Instance instance : loaded()) {
                if (instance.isJit()) {
                    drop(instance.identifier(), Refusal.unloaded());
                }
            }
        }
    }

    /**
     * Two models can be on their way at once, and only the one that comes last stays. That the other one goes even while it works is a
     * choice: no source says what LM Studio does.
     */
    void evictJitOtherThan(CatalogueModel model) {
        if (settings.jit().evictOther()) {
            for (Instance instance : loaded()) {
                if (instance.isJit() && !instance.model().equals(model)) {
                    drop(instance.identifier(), Refusal.unloaded());
                }
            }
        }
    }

    private static boolean hasDefaultIdentifier(Instance instance) {
        String key = instance.model().modelKey();
        return instance.identifier().equals(key) || instance.identifier().startsWith(key + ":");
    }

    void began(LoadJob job) {
        loading.add(job);
    }

    void over(LoadJob job) {
        loading.remove(job);
    }

    Instance newInstance(String identifier, CatalogueModel model, LoadRequest request) {
        int parallel = model.isEmbedding()
                ? 1
                : request.parallel() == null ? settings.engine().parallel() : request.parallel();
        String reference = "sim-instance-" + ++lastReference;
        return new Instance(identifier, reference, model, request, contextOf(model, request.contextLength()), parallel);
    }

    void add(Instance instance) {
        reported.remove(instance);
        instances.put(instance.identifier(), instance);
        runtimeLog(instance, "Model loaded.");
        startIdleClock(instance);
    }

    /** The idle clock stands still while an instance is busy, and starts anew when it is idle again. */
    void startIdleClock(Instance instance) {
        Duration ttl = instance.ttl();
        if (ttl != null && instances.get(instance.identifier()) == instance) {
            instance.expiry = agenda.in(ttl, () -> expire(instance.identifier()));
        }
    }

    void stopIdleClock(Instance instance) {
        if (instance.expiry != null) {
            instance.expiry.cancel();
            instance.expiry = null;
        }
    }

    private boolean drop(String identifier, Refusal toItsRequests) {
        Instance instance = instances.remove(identifier);
        if (instance == null) {
            return false;
        }
        stopIdleClock(instance);
        runtimeLog(instance, "Model unloaded.");
        inference.abandon(instance, toItsRequests);
        return true;
    }

    private void runtimeLog(Instance instance, String message) {
        logs.tell(() ->
                new LogEntry.EngineLine(LogEntry.Level.INFO, message, instance.identifier(), instance.reference()));
    }
}
