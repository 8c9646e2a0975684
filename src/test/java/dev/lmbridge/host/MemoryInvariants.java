package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of the memory that a core gives away. It sums up anew what the core was told. */
final class MemoryInvariants {
    private final HostPolicy policy;
    private final HostInvariants promises;

    /** Pinned or leased before the step that is being looked at: it may have ended in it, after the decision. */
    private final Set<ModelKey> held = new HashSet<>();

    MemoryInvariants(HostPolicy policy, HostInvariants promises) {
        this.policy = policy;
        this.promises = promises;
    }

    void check(HostState before, HostCore.Step step, Instant now) {
        held.clear();
        held.addAll(before.holds().pins().keySet());
        held.addAll(before.holds().leases().models());
        HostState state = step.state();
        Memory memory = state.memory();
        Memory.Waiting waiting = memory.waiting();
        if (waiting == null) {
            require(memory.drained().isEmpty(), "memory: nobody is shut for a load that waits no longer");
            return;
        }
        Operation.Load load = waiting(state, waiting);
        require(load != null || state.running() != null, "memory: only what is in the queue waits");
        if (load == null || state.running() != null) {
            return;
        }
        require(!step.wakeAt().isAfter(waiting.until()), "memory: the core wakes for a load that waits for memory");
        require(memory.asked() != null || missing(state, load) > 0, "memory: no load waits for memory that is free");
        for (String identifier : memory.drained()) {
            Instance instance = state.instances().get(identifier);
            if (instance != null && !before.memory().drained().contains(identifier)) {
                promises.reach("drained");
                require(!instance.foreign(), "memory: nobody shuts what others have loaded");
                require(
                        !instance.loadedAt().plus(policy.fitting().residency()).isAfter(now),
                        "memory: nobody is shut before its time");
            }
        }
    }

    private static Operation.@Nullable Load waiting(HostState state, Memory.Waiting waiting) {
        for (Operation operation : state.queue()) {
            if (operation instanceof Operation.Load load && load.id() == waiting.operation()) {
                return load;
            }
        }
        return null;
    }

    void begins(HostAction.RunLoad run, HostState state) {
        if (state.running() instanceof Operation.Load load) {
            require(missing(state, load) <= 0, "memory: what is loaded fits beside what is held");
            promises.reach("load that fits");
        }
        require(state.memory().drained().isEmpty(), "memory: nobody is shut while the load goes on");
    }

    void begins(HostAction.RunUnload run, HostState state, Instant now) {
        if (!(state.running() instanceof Operation.Unload unload) || unload.cause() != Cause.MEMORY) {
            return;
        }
        promises.reach("evicted");
        Instance victim = state.instances().get(run.identifier());
        Memory.Waiting waiting = state.memory().waiting();
        Operation.Load load = waiting == null ? null : waiting(state, waiting);
        require(load != null, "memory: nobody goes for nothing");
        require(victim != null && !victim.foreign(), "memory: nobody goes whom others have loaded");
        require(load == null || missing(state, load) > 0, "memory: nobody goes who need not");
        if (victim != null) {
            Instant used = victim.lastUsed();
            Instant touched = used == null || used.isBefore(victim.loadedAt()) ? victim.loadedAt() : used;
            require(
                    !victim.loadedAt().plus(policy.fitting().residency()).isAfter(now)
                            || !touched.plus(policy.fitting().residency().dividedBy(5))
                                    .isAfter(now),
                    "memory: nobody goes before its time");
        }
    }

    void refused(Failure failure, HostEvent.@Nullable EnsureAsked asked, HostState state) {
        if (failure.code() != FailureCode.INSUFFICIENT_MEMORY
                || failure.detail().startsWith("too large")) {
            return;
        }
        promises.reach("refused for memory");
        Long budget = policy.fitting().budgetBytes();
        if (budget == null || asked == null) {
            throw promises.broken("memory: nobody is refused for a budget that is not known", failure.detail());
        }
        long stays = state.instances().values().stream()
                .filter(instance -> instance.foreign()
                        || held.contains(instance.key())
                        || state.holds().isPinned(instance.key())
                        || state.holds().leases().of(instance.key()) > 0)
                .mapToLong(instance -> weight(state, instance))
                .sum();
        ModelKey key = new ModelKey(asked.name());
        // It may have joined a load with another context.
        long most = state.memory().figures().entrySet().stream()
                .filter(known -> known.getKey().key().equals(key))
                .mapToLong(known -> known.getValue().bytes())
                .max()
                .orElse(0);
        require(
                stays + policy.fitting().reserveBytes() + Math.max(most, size(state, key) * 11 / 10 + 1) > budget,
                "memory: what can fit in the end is not refused");
        require(
                failure.more().keySet().containsAll(Set.of("required", "available")),
                "memory: who is refused is told both figures");
    }

    /** How many bytes are missing for a load. */
    private long missing(HostState state, Operation.Load load) {
        long held = 0;
        for (Instance instance : state.instances().values()) {
            held += weight(state, instance);
        }
        for (var doubt : state.doubts().entrySet()) {
            held += state.instances().containsKey(doubt.getValue().identifier())
                    ? 0
                    : need(state, doubt.getKey(), null);
        }
        Long budget = policy.fitting().budgetBytes();
        long missing = budget == null
                ? 0
                : held
                        + need(state, load.key(), load.contextLength())
                        + policy.fitting().reserveBytes()
                        - budget;
        Long ceiling = state.memory().ceilings().get(load.id());
        return ceiling == null ? missing : Math.max(missing, held - ceiling);
    }

    private static long weight(HostState state, Instance instance) {
        Memory.Weight weight = state.memory().weights().get(instance.identifier());
        return weight != null
                ? weight.bytes()
                : Math.max(need(state, instance.key(), instance.contextLength()), need(state, instance.key(), null));
    }

    private static long need(HostState state, ModelKey key, @Nullable Integer contextLength) {
        Memory.Figure figure = state.memory().figures().get(new Memory.Need(key, contextLength));
        return figure == null ? (long) (size(state, key) * 1.1) : figure.bytes();
    }

    private static long size(HostState state, ModelKey key) {
        return state.catalog().find(key.value()).map(CatalogModel::sizeBytes).orElse(0L);
    }

    private void require(boolean holds, String promise) {
        promises.require(holds, promise);
    }
}
