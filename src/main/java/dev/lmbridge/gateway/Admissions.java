package dev.lmbridge.gateway;

import dev.lmbridge.host.Instance;
import dev.lmbridge.host.Usage;
import dev.lmbridge.loader.Fleet;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Which requests work at each instance of a node now, and which wait there. */
public final class Admissions {
    /** LM Studio's own default, for hosts that do not tell. */
    static final int USUAL_WIDTH = 4;

    private final Fleet fleet;
    private final int capacity;
    private final CrashCaps caps;
    private final ConcurrentHashMap<Usage, Slots> slots = new ConcurrentHashMap<>();

    /** @param capacity how many requests may wait at one instance */
    public Admissions(Fleet fleet, int capacity, InstantSource clock) {
        this.fleet = fleet;
        this.capacity = capacity;
        caps = new CrashCaps(clock);
    }

    /** The places at an instance, as many as its host works on at a time. */
    Slots at(String host, Instance instance) {
        int width = width(host, instance);
        Slots known = slots.get(instance.usage());
        if (known == null) {
            forgetTheGone();
            known = slots.computeIfAbsent(instance.usage(), unseen -> new Slots(width, capacity));
        }
        known.resize(width);
        return known;
    }

    private int width(String host, Instance instance) {
        int told = instance.usage().parallel();
        return caps.limit(host, instance.key().value(), told == 0 ? USUAL_WIDTH : told);
    }

    /** The model has crashed in the instance, under all that worked there: that counts once. */
    void crashed(String host, Instance instance, Slots there) {
        if (there.noteCrash()) {
            caps.crashed(host, instance.key().value(), width(host, instance));
        }
    }

    /** Nobody is let into an instance any more that the host does not show, so its places are not asked for again. */
    private void forgetTheGone() {
        Set<Usage> shown = fleet.hosts().stream()
                .flatMap(host -> host.view().instances().values().stream())
                .map(Instance::usage)
                .collect(Collectors.toSet());
        slots.keySet().removeIf(usage -> !shown.contains(usage));
    }

    /** How many requests wait for a place at an instance. */
    public int queued(Instance instance) {
        Slots known = slots.get(instance.usage());
        return known == null ? 0 : known.waiting();
    }
}
