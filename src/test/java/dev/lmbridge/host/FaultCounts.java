package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How often each fault struck during which operation, with the instance in which state. */
final class FaultCounts {
    private final Map<String, Integer> counts = new TreeMap<>();

    /** @param subject the model it concerned; null takes the one of the operation under way */
    void struck(Fault fault, HostState state, @Nullable ModelKey subject) {
        Operation running = state.running();
        ModelKey key = subject != null ? subject : running == null ? null : running.key();
        counts.merge(fault.text() + " | " + operation(running) + " | " + instance(state, key), 1, Integer::sum);
    }

    void add(FaultCounts more) {
        more.counts.forEach((what, times) -> counts.merge(what, times, Integer::sum));
    }

    Map<String, Integer> all() {
        return counts;
    }

    private static String operation(@Nullable Operation running) {
        return switch (running) {
            case Operation.Load load -> "load";
            case Operation.Unload unload -> "unload";
            case null -> "none";
        };
    }

    private static String instance(HostState state, @Nullable ModelKey key) {
        if (state.running() instanceof Operation.Load load
                && (key == null || load.key().equals(key))) {
            return switch (load.phase()) {
                case QUEUED, RUNNING -> "loading";
                case APPEARING -> "appearing";
                case CONFIRMING -> "confirming";
            };
        }
        String best = key != null && state.doubts().containsKey(key) ? "doubtful" : "absent";
        for (Instance instance : state.instances().values()) {
            if (key == null || instance.key().equals(key)) {
                if (!instance.isOpen()) {
                    return instance.inFlight() > 0 ? "closed in use" : "closed";
                }
                best = instance.inFlight() > 0 ? "in use" : best.equals("in use") ? best : "idle";
            }
        }
        return best;
    }
}
