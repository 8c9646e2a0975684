package dev.lmbridge.host;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of several instances serves a request. */
final class Selection {
    private static final Comparator<Instance> BEST = Comparator.comparing(Instance::foreign)
            .thenComparingInt(Instance::inFlight)
            .thenComparing(Instance::loadedAt);

    private Selection() {}

    /** The exact identifier, else an instance of that key: our own before others', the least busy first. */
    static Optional<Instance> choose(Collection<Instance> instances, String name, @Nullable Integer contextLength) {
        Instance best = null;
        for (Instance instance : instances) {
            if (!instance.isOpen() || !instance.fits(contextLength)) {
                continue;
            }
            if (instance.identifier().equals(name) && !instance.key().value().equals(name)) {
                return Optional.of(instance);
            }
            if (instance.key().value().equals(name) && (best == null || BEST.compare(instance, best) < 0)) {
                best = instance;
            }
        }
        return Optional.ofNullable(best);
    }
}
