package dev.lmbridge.host;

import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.host.Finding.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of findings and of healing. It hears the same looks and rows as the core and makes up its own mind: what they show is
 * found in that very step, and told once when it begins and once when it ends.
 */
final class WatchInvariants {
    private static final int MOST = 3;
    private static final Duration WITHIN = Duration.ofMinutes(10);

    private final HostPolicy policy;
    private final HostInvariants promises;
    private final Set<Finding.Id> told = new HashSet<>();
    private final Map<ModelKey, List<Instant>> reloads = new HashMap<>();
    private final Map<String, Duration> ttls = new HashMap<>();
    private Set<ModelKey> shown = Set.of();
    private @Nullable Instant lookedAt;
    private int failures;
    private Instant failedAt = Instant.MIN;
    private @Nullable Boolean elsewhere;
    private Instant readAt = Instant.MIN;
    private int elsewheres;

    /** Ever leased, pinned or preloaded in this life. */
    private final Set<ModelKey> held = new HashSet<>();

    /** Told to be wanted and without room: that is a reason. */
    private final Set<ModelKey> noRoom = new HashSet<>();

    WatchInvariants(HostPolicy policy, HostInvariants promises) {
        this.policy = policy;
        this.promises = promises;
    }

    void died() {
        told.clear();
        reloads.clear();
        ttls.clear();
        shown = Set.of();
        lookedAt = null;
        afresh();
        elsewheres = 0;
    }

    /** What was read of one way while the other was another is worth nothing. */
    private void afresh() {
        failures = 0;
        elsewhere = null;
    }

    void stepped(HostEvent event, HostState before, HostCore.Step step, Instant now, boolean stopped) {
        for (HostAction action : step.actions()) {
            if (action instanceof HostAction.Tell(HostNotice.FindingBegan began)) {
                require(told.add(began.finding().id()), "Watch: a finding is told once");
                promises.reach("found " + began.finding().kind().text());
            } else if (action instanceof HostAction.Tell(HostNotice.FindingEnded ended)) {
                require(told.remove(ended.finding().id()), "Watch: only what was found ends, and once");
            } else if (action instanceof HostAction.Tell(HostNotice.Repairing repair)
                    && repair.cause() == Cause.WANTED) {
                repairs(repair.model(), now);
            } else if (action instanceof HostAction.Tell(HostNotice.NoRoom dropped)) {
                noRoom.add(dropped.model());
            }
        }
        if (event instanceof HostEvent.PinAsked asked
                && ModelKey.problem(asked.name()).isEmpty()) {
            held.add(new ModelKey(asked.name()));
        } else if (event instanceof HostEvent.LeaseAsked asked
                && ModelKey.problem(asked.name()).isEmpty()) {
            held.add(new ModelKey(asked.name()));
        }
        held.addAll(before.holds().pins().keySet());
        held.addAll(before.holds().toBegin());
        held.addAll(before.holds().leases().models());
        held.addAll(step.state().holds().pins().keySet());
        held.addAll(step.state().holds().leases().models());
        List<Finding> seen = step.view().findings();
        require(
                seen.size() == told.size() && seen.stream().allMatch(one -> told.contains(one.id())),
                "Watch: others see what was told");
        if (before.reach() != step.state().reach()) {
            afresh();
        }
        switch (event) {
            case HostEvent.Observed look -> looked(look, before, step.state(), now, stopped);
            case HostEvent.ObservationFailed failed ->
                require(
                        step.state().reach() != HostState.Reach.DOWN || isFound(Kind.HOST_DOWN, Finding.HOST),
                        "Watch: a host that is down is found to be");
            case HostEvent.RowsRead read -> {
                failures = 0;
                elsewhere =
                        read.rows().stream().anyMatch(row -> row.identifier().equals(RoughHost.ELSEWHERE));
                readAt = now;
                elsewheres = elsewhere ? elsewheres : 0;
                ttls(read.rows(), step.state());
            }
            case HostEvent.RowsFailed failed -> {
                failures++;
                failedAt = now;
                elsewhere = null;
            }
            default -> {}
        }
    }

    private void repairs(ModelKey key, Instant now) {
        List<Instant> times = reloads.computeIfAbsent(key, none -> new ArrayList<>());
        times.removeIf(time -> !time.plus(WITHIN).isAfter(now));
        times.add(now);
        require(times.size() <= MOST, "Watch: what keeps vanishing is not loaded again for ever");
    }

    private void looked(HostEvent.Observed seen, HostState before, HostState state, Instant now, boolean stopped) {
        require(!isFound(Kind.HOST_DOWN, Finding.HOST), "Watch: a host that answers is not down");
        require(!isFound(Kind.HTTP_BROKEN, Finding.HOST), "Watch: HTTP that answers is not broken");
        Set<ModelKey> keys = new HashSet<>();
        Set<ModelKey> twice = new HashSet<>();
        for (LoadedModel loaded : seen.observation().loaded()) {
            if (state.instances().containsKey(loaded.identifier()) && !keys.add(loaded.key())) {
                twice.add(loaded.key());
            }
            boolean foreign = !loaded.identifier().contains("~");
            require(
                    !foreign || policy.keeping().adopt() || isFound(Kind.FOREIGN, loaded.identifier()),
                    "Watch: what somebody else has loaded is found");
        }
        twice.forEach(key -> require(isFound(Kind.DUPLICATE, key.value()), "Watch: what is there twice is found"));
        if (failures >= 2 && seen.startedAt().isAfter(failedAt)) {
            require(isFound(Kind.LMS_BROKEN, Finding.HOST), "Watch: lms that fails while HTTP works is found");
        }
        if (elsewhere != null && !seen.startedAt().isBefore(readAt)) {
            elsewheres = elsewhere ? elsewheres + 1 : 0;
            elsewhere = null;
        }
        if (elsewheres >= 2) {
            require(
                    isFound(Kind.TWO_MACHINES, Finding.HOST) || isFound(Kind.PATHS_DIFFER, Finding.HOST),
                    "Watch: two machines are found");
        }
        boolean later = lookedAt != null && seen.startedAt().isAfter(lookedAt);
        if (!stopped && later && !seen.startedAt().plus(HostPolicy.STALE_AFTER).isBefore(now)) {
            wanted(keys, isBusy(before) || isBusy(state) || hasMoved(before, state), before, state, now);
        }
        shown = keys;
        lookedAt = seen.startedAt();
    }

    /** What two looks have missed is being loaded, or there is a reason. */
    private void wanted(Set<ModelKey> seen, boolean busy, HostState before, HostState state, Instant now) {
        for (Wanted one : policy.watching().wanted()) {
            ModelKey key = one.key();
            if (one.always()
                    && !shown.contains(key)
                    && !seen.contains(key)
                    && !busy
                    && state.instances().values().stream()
                            .noneMatch(there -> there.key().equals(key))
                    && state.watch().rows().paths() != Watch.Paths.APART
                    && state.queue().size() < policy.queueCapacity()
                    && state.breakers().host().left(now).isZero()
                    && state.breakers().of(key).left(now).isZero()) {
                // One that was refused in this very step leaves the next one to the watchdog.
                boolean asked = isAsked(before, key) || isAsked(state, key);
                require(
                        asked
                                || isFound(Kind.GIVES_UP, key.value())
                                || wasJustTried(state, key)
                                || noRoom.contains(key),
                        "Watch: what is wanted and missing is loaded");
            }
        }
    }

    /** A load of it has ended since the last look but one: that look said nothing of what came after. */
    private static boolean wasJustTried(HostState state, ModelKey key) {
        Instant first = state.watch().repairs().missing().get(key);
        return first != null && first.equals(state.observedAt());
    }

    /** The queue may have been full until something left it in this very step. */
    private boolean hasMoved(HostState before, HostState state) {
        return !before.undecided().isEmpty()
                || before.queue().size() >= policy.queueCapacity()
                || id(before.running()) != id(state.running());
    }

    private static long id(@Nullable Operation operation) {
        return operation == null ? -1 : operation.id();
    }

    /** One load of the bridge's own is in the lane at a time. */
    private static boolean isBusy(HostState state) {
        return isOwn(state.running()) || state.queue().stream().anyMatch(WatchInvariants::isOwn);
    }

    private static boolean isOwn(@Nullable Operation operation) {
        return operation instanceof Operation.Load load && load.cause() == Cause.WANTED;
    }

    private static boolean isAsked(HostState state, ModelKey key) {
        return isLoadOf(state.running(), key) || state.queue().stream().anyMatch(operation -> isLoadOf(operation, key));
    }

    private static boolean isLoadOf(@Nullable Operation operation, ModelKey key) {
        return operation instanceof Operation.Load load && load.key().equals(key);
    }

    private void ttls(List<InstanceRow> rows, HostState state) {
        for (InstanceRow row : rows) {
            Duration set = ttls.get(row.identifier());
            if (set != null
                    && state.watch().loaded().containsKey(row.identifier())
                    && state.reach() == HostState.Reach.UP
                    && !set.equals(row.ttl())) {
                require(isFound(Kind.WRONG_TTL, row.identifier()), "Watch: another TTL than was set is found");
            }
        }
    }

    void begins(Operation.Load load, Duration ttl) {
        ttls.put(load.identifier(), ttl);
        require(!isFound(Kind.TWO_MACHINES, Finding.HOST), "Watch: nothing is loaded where two machines were found");
        if (load.cause() != Cause.WANTED || load.attempts().started() > 1) {
            return;
        }
        promises.reach("loaded since it is wanted");
        require(
                held.contains(load.key())
                        || policy.watching().wanted().stream()
                                .anyMatch(one -> one.key().equals(load.key())),
                "Watch: nothing is loaded that nobody wants");
    }

    void begins(HostAction.RunUnload unload, HostState state) {
        require(!isFound(Kind.TWO_MACHINES, Finding.HOST), "Watch: nothing is unloaded where two machines were found");
        Instance instance = state.instances().get(unload.identifier());
        if (instance != null && state.running() instanceof Operation.Unload one && one.cause() == Cause.DUPLICATE) {
            promises.reach("unloaded since it is there twice");
            require(
                    !instance.foreign()
                            && state.instances().values().stream()
                                    .anyMatch(other -> !other.foreign()
                                            && other.isOpen()
                                            && other.key().equals(instance.key())),
                    "Watch: only one of several of our own goes");
        }
    }

    private boolean isFound(Kind kind, String subject) {
        return told.contains(new Finding.Id(kind, subject));
    }

    private void require(boolean holds, String promise) {
        promises.require(holds, promise);
    }
}
