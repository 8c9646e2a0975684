package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.host.Watch.Repairs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has what is wanted and missing loaded again, and what is there twice unloaded. One operation at a time, and each step in its turn: the
 * host is looked at once more, then the model is loaded, and when that has been done often enough it is only told.
 */
final class Healing {
    /** How often a model is loaded again within {@link #WINDOW}. */
    static final int TRIES = 3;

    static final Duration WINDOW = Duration.ofMinutes(10);
    static final Duration CLEAR_AGAIN = Duration.ofSeconds(30);

    /** How long one of several instances of a key must not have been used before it goes. */
    static final Duration UNUSED = Duration.ofSeconds(30);

    private Healing() {}

    /** The host has come up with so many instances. */
    static void hostUp(Turn turn, int loaded) {
        if (loaded > 0 && turn.reach == HostState.Reach.DOWN) {
            return;
        }
        List<Wanted> once = turn.policy.watching().wanted().stream()
                .filter(one -> !one.always())
                .toList();
        Repairs before = turn.watch.repairs();
        turn.watch = turn.watch.with(
                new Repairs(before.missing(), once, before.tries(), before.givenUp(), before.cleared()));
    }

    /** Whether something is missing that is to be there. */
    static boolean isWaiting(Turn turn) {
        return !turn.watch.repairs().missing().isEmpty();
    }

    /** What is to be in memory, in the order in which it is loaded. */
    private static Collection<Wanted> wanted(Turn turn) {
        Map<ModelKey, Wanted> all = new LinkedHashMap<>();
        for (Wanted one : turn.policy.watching().wanted()) {
            if (one.always()) {
                all.put(one.key(), one);
            }
        }
        Duration longest = turn.policy.keeping().longest();
        turn.holds.pins().forEach((key, pin) -> all.put(key, new Wanted(key, longest, pin.contextLength(), true)));
        turn.holds.leases().models().forEach(key -> all.putIfAbsent(key, new Wanted(key, longest, null, true)));
        turn.watch.repairs().preload().forEach(one -> all.putIfAbsent(one.key(), one));
        return all.values();
    }

    static void repair(Turn turn) {
        if (!turn.policy.watching().heal()
                || turn.stopping
                || turn.draining
                || !turn.isSeenWithin(HostPolicy.STALE_AFTER)
                || Paths.refusal(turn).isPresent()) {
            return;
        }
        Collection<Wanted> wanted = wanted(turn);
        if (!wanted.isEmpty()
                || !turn.watch.repairs().missing().isEmpty()
                || !turn.watch.repairs().givenUp().isEmpty()) {
            reload(turn, wanted);
        }
        if (turn.instances.size() > 1 && turn.running == null && turn.queue.isEmpty()) {
            clear(turn);
        }
    }

    private static void reload(Turn turn, Collection<Wanted> wanted) {
        Repairs before = turn.watch.repairs();
        Map<ModelKey, Instant> missing = new HashMap<>();
        Map<ModelKey, List<Instant>> tries = new HashMap<>();
        Map<ModelKey, String> givenUp = new HashMap<>();
        List<Wanted> preload = new ArrayList<>(before.preload());
        Instant seen = turn.observedAt == null ? turn.now : turn.observedAt;
        boolean loads = isLoading(turn);
        before.tries().forEach((key, times) -> {
            List<Instant> late = times.stream()
                    .filter(time -> time.plus(WINDOW).isAfter(turn.now))
                    .toList();
            if (!late.isEmpty()) {
                tries.put(key, late);
            }
        });
        for (Wanted one : wanted) {
            ModelKey key = one.key();
            if (isThere(turn, key)) {
                preload.removeIf(once -> once.key().equals(key));
                continue;
            }
            if (isAskedFor(turn, key)) {
                continue;
            }
            Instant first = before.missing().get(key);
            if (first == null) {
                // It may be a matter of moments.
                lookAgain(turn);
                first = seen;
            }
            missing.put(key, first);
            List<Instant> late = tries.getOrDefault(key, List.of());
            Optional<CatalogModel> model = turn.catalog.find(key.value());
            if (model.isEmpty()) {
                givenUp.put(key, "It is to be in memory, and the host does not have it on disk.");
            } else if (late.size() >= TRIES) {
                givenUp.put(
                        key,
                        "It is to be in memory; loading it " + TRIES + " times in " + WINDOW.toMinutes()
                                + " minutes has not kept it there.");
                preload.removeIf(once -> once.key().equals(key));
            } else if (seen.isAfter(first)
                    && !loads
                    && turn.queue.size() < turn.policy.queueCapacity()
                    && Breakers.refusal(turn, key).isEmpty()) {
                loads = true;
                List<Instant> more = new ArrayList<>(late);
                more.add(turn.now);
                tries.put(key, List.copyOf(more));
                turn.queue.add(Operation.Load.own(
                        turn.nextOperation++,
                        key,
                        one.contextLength(),
                        one.ttl(),
                        model.get().sizeBytes(),
                        turn.now));
                turn.tell(new HostNotice.Repairing(key, Cause.WANTED, more.size()));
            }
        }
        turn.watch = turn.watch.with(new Repairs(missing, preload, tries, givenUp, before.cleared()));
    }

    private static void lookAgain(Turn turn) {
        Instant soon = turn.now.plus(turn.policy.pollEvery());
        if (soon.isBefore(turn.lookAt)) {
            turn.lookAt = soon;
        }
    }

    private static boolean isThere(Turn turn, ModelKey key) {
        for (Instance instance : turn.instances.values()) {
            if (instance.key().equals(key)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a load that the core itself wants is in the lane. */
    private static boolean isLoading(Turn turn) {
        return isOwn(turn.running) || turn.queue.stream().anyMatch(Healing::isOwn);
    }

    private static boolean isOwn(@Nullable Operation operation) {
        return operation instanceof Operation.Load load && load.cause() == Cause.WANTED;
    }

    /** Whether a load of it is in the lane, for whomever. */
    private static boolean isAskedFor(Turn turn, ModelKey key) {
        return isLoad(turn.running, key) || turn.queue.stream().anyMatch(one -> isLoad(one, key));
    }

    private static boolean isLoad(@Nullable Operation operation, ModelKey key) {
        return operation instanceof Operation.Load load && load.key().equals(key) && !load.abandoned();
    }

    /** Of several instances of ours of one key, the newest that nobody uses goes. What others have loaded stays. */
    private static void clear(Turn turn) {
        Map<ModelKey, Instance> first = new HashMap<>();
        for (Instance instance : turn.instances.values()) {
            if (instance.foreign() || !instance.isOpen()) {
                continue;
            }
            Instance other = first.putIfAbsent(instance.key(), instance);
            if (other == null || isRecent(turn, instance.key())) {
                continue;
            }
            Instance idle = isIdle(turn, instance) ? instance : other;
            if (isIdle(turn, idle)) {
                unload(turn, idle);
                return;
            }
        }
    }

    /** Unused for a while: a caller who has just been told of it finds it. */
    private static boolean isIdle(Turn turn, Instance instance) {
        Instant used = instance.lastUsed();
        Instant last = used == null || used.isBefore(instance.loadedAt()) ? instance.loadedAt() : used;
        return instance.inFlight() == 0 && !last.plus(UNUSED).isAfter(turn.now);
    }

    private static boolean isRecent(Turn turn, ModelKey key) {
        Instant last = turn.watch.repairs().cleared().get(key);
        return last != null && last.plus(CLEAR_AGAIN).isAfter(turn.now);
    }

    private static void unload(Turn turn, Instance instance) {
        Repairs before = turn.watch.repairs();
        Map<ModelKey, Instant> cleared = new HashMap<>(before.cleared());
        cleared.values().removeIf(time -> !time.plus(CLEAR_AGAIN).isAfter(turn.now));
        cleared.put(instance.key(), turn.now);
        turn.watch = turn.watch.with(
                new Repairs(before.missing(), before.preload(), before.tries(), before.givenUp(), cleared));
        turn.queue.add(Operation.Unload.own(turn.nextOperation++, instance, Cause.DUPLICATE, turn.now));
        turn.tell(new HostNotice.Repairing(instance.key(), Cause.DUPLICATE, 1));
    }
}
