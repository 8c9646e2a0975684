package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Instant;
import java.util.Map;

/** Loads that were ended by force, and what becomes of them. */
final class Doubts {
    private Doubts() {}

    static void begin(Turn turn, ModelKey key, String identifier) {
        turn.doubts.put(key, new Doubt(identifier, turn.now.plus(turn.policy.doubtFor())));
        turn.tell(new HostNotice.Doubted(key, identifier));
    }

    /** A look shows this instance. */
    static void appeared(Turn turn, ModelKey key, String identifier) {
        Doubt doubt = turn.doubts.get(key);
        if (doubt != null && doubt.identifier().equals(identifier)) {
            turn.doubts.remove(key);
            turn.tell(new HostNotice.DoubtOver(key, identifier, true));
        }
    }

    static void timePassed(Turn turn) {
        for (Map.Entry<ModelKey, Doubt> each : Map.copyOf(turn.doubts).entrySet()) {
            Instant until = each.getValue().until();
            if (!until.isAfter(turn.now)) {
                turn.doubts.remove(each.getKey());
                turn.tell(
                        new HostNotice.DoubtOver(each.getKey(), each.getValue().identifier(), false));
            }
        }
    }
}
