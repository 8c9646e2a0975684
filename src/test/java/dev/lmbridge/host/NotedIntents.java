package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a journal keeps over restarts: what was to be begun, until its process has ended of its own. */
final class NotedIntents {
    /** @param until when its process is over at the latest */
    record Intent(long mark, boolean load, ModelKey key, String identifier, Instant until) {}

    /** What became of the process that was left behind. */
    enum Orphan {
        /** It had ended, or died with the machine. */
        GONE,
        /** It was told to end, and has cancelled what it did. */
        ENDED,
        /** It had to be killed. */
        KILLED
    }

    private final Map<Long, Intent> open = new LinkedHashMap<>();
    private final Duration doubtFor;
    private long marks;

    NotedIntents(Duration doubtFor) {
        this.doubtFor = doubtFor;
    }

    long begin(boolean load, ModelKey key, String identifier, Instant until) {
        long mark = ++marks;
        open.put(mark, new Intent(mark, load, key, identifier, until));
        return mark;
    }

    void crossOut(long mark) {
        open.remove(mark);
    }

    List<Intent> open() {
        return List.copyOf(open.values());
    }

    /** What the next bridge must doubt. */
    Map<ModelKey, Doubt> recover(Instant now, long orphan, Orphan fate) {
        Map<ModelKey, Doubt> doubts = new HashMap<>();
        for (Intent intent : open()) {
            Instant until = intent.mark() == orphan && fate == Orphan.ENDED
                    ? now
                    : intent.mark() == orphan && fate == Orphan.KILLED
                            ? now.plus(doubtFor)
                            : (now.isBefore(intent.until()) ? now : intent.until()).plus(doubtFor);
            if (intent.load() && until.isAfter(now)) {
                doubts.merge(
                        intent.key(),
                        new Doubt(intent.identifier(), until),
                        (one, other) -> one.until().isAfter(other.until()) ? one : other);
            } else {
                open.remove(intent.mark());
            }
        }
        return doubts;
    }
}
