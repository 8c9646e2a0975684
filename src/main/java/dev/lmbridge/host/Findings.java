package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.host.Finding.Kind;
import dev.lmbridge.host.Watch.LoadedWith;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is not as it should be on a host. Each finding is told when it begins and when it ends. */
final class Findings {
    /** Longer than a model usually thinks about a long prompt before its first word. */
    static final Duration STUCK_AFTER = Duration.ofMinutes(3);

    private Findings() {}

    /** Compares what is wrong now with what was wrong before. */
    static void judge(Turn turn) {
        remember(turn);
        Map<Finding.Id, Finding> before = turn.watch.findings();
        Map<Finding.Id, Finding> found = new LinkedHashMap<>();
        ofTheHost(turn, found);
        if (turn.reach == HostState.Reach.UP) {
            ofInstances(turn, found);
        } else {
            // Nothing new is known of what was in memory.
            before.values().stream()
                    .filter(one -> !one.subject().equals(Finding.HOST))
                    .forEach(one -> found.put(one.id(), one));
        }
        turn.watch.repairs().givenUp().forEach((key, why) -> add(turn, found, Kind.GIVES_UP, key.value(), key, why));
        if (found.isEmpty() && before.isEmpty()) {
            return;
        }
        boolean changed = false;
        for (Map.Entry<Finding.Id, Finding> one : found.entrySet()) {
            Finding known = before.get(one.getKey());
            if (known == null) {
                changed = true;
                turn.tell(new HostNotice.FindingBegan(one.getValue()));
            } else {
                one.setValue(known);
            }
        }
        for (Finding one : before.values()) {
            if (!found.containsKey(one.id())) {
                changed = true;
                turn.tell(new HostNotice.FindingEnded(one, one.age(turn.now)));
            }
        }
        if (changed) {
            turn.watch = turn.watch.with(found);
        }
    }

    /** Which instances are in use since when; forgets what is gone. */
    private static void remember(Turn turn) {
        Watch watch = turn.watch;
        Map<String, LoadedWith> loaded = watch.loaded();
        if (!turn.instances.keySet().containsAll(loaded.keySet())) {
            loaded = new HashMap<>(loaded);
            loaded.keySet().retainAll(turn.instances.keySet());
        }
        Map<String, Instant> working = Map.of();
        for (Instance instance : turn.instances.values()) {
            if (instance.inFlight() > 0) {
                Instant since = watch.working().get(instance.identifier());
                working = working.isEmpty() ? new HashMap<>() : working;
                working.put(instance.identifier(), since == null ? turn.now : since);
            }
        }
        if (loaded.size() != watch.loaded().size() || !working.equals(watch.working())) {
            turn.watch = watch.of(loaded, working);
        }
    }

    private static void ofTheHost(Turn turn, Map<Finding.Id, Finding> found) {
        Watch.Rows rows = turn.watch.rows();
        if (turn.reach == HostState.Reach.DOWN) {
            add(
                    turn,
                    found,
                    Kind.HOST_DOWN,
                    Finding.HOST,
                    null,
                    "The host does not answer: " + turn.unreachableBecause);
        }
        if (rows.httpBroken()) {
            add(
                    turn,
                    found,
                    Kind.HTTP_BROKEN,
                    Finding.HOST,
                    null,
                    "lms reaches this host, and HTTP does not: " + turn.unreachableBecause);
        }
        if (rows.lmsBroken()) {
            add(turn, found, Kind.LMS_BROKEN, Finding.HOST, null, "HTTP works, and lms ps does not: " + rows.failure());
        }
        switch (rows.paths()) {
            case APART ->
                add(
                        turn,
                        found,
                        Kind.TWO_MACHINES,
                        Finding.HOST,
                        null,
                        "url and lms lead to two machines: " + rows.shows());
            case DIFFER -> add(turn, found, Kind.PATHS_DIFFER, Finding.HOST, null, rows.shows());
            case AGREE, SUSPECT -> {}
        }
    }

    private static void ofInstances(Turn turn, Map<Finding.Id, Finding> found) {
        Map<ModelKey, List<String>> byKey = turn.instances.size() > 1 ? new HashMap<>() : Map.of();
        for (Instance instance : turn.instances.values()) {
            if (instance.foreign()) {
                add(
                        turn,
                        found,
                        Kind.FOREIGN,
                        instance.identifier(),
                        instance.key(),
                        "Somebody else has loaded " + instance.key() + ".");
            }
            asLoaded(turn, instance, found);
            Instant since = turn.watch.working().get(instance.identifier());
            Instant alive = instance.usage().seenAlive();
            if (since != null && isLongAgo(turn, since) && (alive == null || isLongAgo(turn, alive))) {
                add(
                        turn,
                        found,
                        Kind.STUCK,
                        instance.identifier(),
                        instance.key(),
                        instance.inFlight() + " request(s) use it, and it has answered nothing for "
                                + STUCK_AFTER.toSeconds() + " s.");
            }
            if (turn.instances.size() > 1) {
                byKey.computeIfAbsent(instance.key(), key -> new ArrayList<>(1)).add(instance.identifier());
            }
        }
        byKey.forEach((key, all) -> {
            if (all.size() > 1) {
                add(turn, found, Kind.DUPLICATE, key.value(), key, "It is loaded as " + String.join(", ", all) + ".");
            }
        });
    }

    private static void asLoaded(Turn turn, Instance instance, Map<Finding.Id, Finding> found) {
        LoadedWith with = turn.watch.loaded().get(instance.identifier());
        if (with == null) {
            return;
        }
        Integer context = instance.contextLength();
        if (with.contextLength() != null && context != null && !context.equals(with.contextLength())) {
            add(
                    turn,
                    found,
                    Kind.WRONG_CONTEXT,
                    instance.identifier(),
                    instance.key(),
                    "It was loaded for a context of " + with.contextLength() + " tokens and has " + context + ".");
        }
        if (instance.ttlKnown()
                && !Objects.equals(instance.ttl(), with.ttl())
                && !Loads.isHostNamed(instance.key(), instance.identifier())) {
            add(
                    turn,
                    found,
                    Kind.WRONG_TTL,
                    instance.identifier(),
                    instance.key(),
                    "It was loaded with a TTL of " + with.ttl().toSeconds() + " s and has "
                            + (instance.ttl() == null ? "none." : instance.ttl().toSeconds() + " s."));
        }
    }

    private static boolean isLongAgo(Turn turn, Instant then) {
        return !then.plus(STUCK_AFTER).isAfter(turn.now);
    }

    private static void add(
            Turn turn,
            Map<Finding.Id, Finding> found,
            Kind kind,
            String subject,
            @Nullable ModelKey model,
            String detail) {
        Finding one = new Finding(kind, subject, model, turn.now, detail);
        found.put(one.id(), one);
    }
}
