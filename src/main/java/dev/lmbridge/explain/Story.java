package dev.lmbridge.explain;

import java.util.ArrayDeque;
import java.util.List;

/** Happenings in their order, the oldest forgotten when there are too many. Any thread may tell and read. */
public final class Story {
    private final int limit;
    private final ArrayDeque<Happening> happenings = new ArrayDeque<>(4);

    Story(int limit) {
        this.limit = limit;
    }

    public synchronized void add(Happening happening) {
        if (happenings.size() >= limit) {
            happenings.removeFirst();
        }
        happenings.addLast(happening);
    }

    /** Adds it; if it repeats the last one, in the place of that one, with a count. */
    synchronized void addOrCount(Happening happening) {
        Happening last = happenings.peekLast();
        if (last != null && happening.repeats(last)) {
            happenings.removeLast();
            happenings.addLast(happening.after(last));
        } else {
            add(happening);
        }
    }

    /** Adds a state of something that goes on; only its latest state is kept. */
    public synchronized void progress(Happening happening) {
        Happening last = happenings.peekLast();
        if (last != null
                && last.event().equals(happening.event())
                && last.facts().containsKey("percent")) {
            happenings.removeLast();
        }
        add(happening);
    }

    synchronized List<Happening> all() {
        return List.copyOf(happenings);
    }

    synchronized int size() {
        return happenings.size();
    }
}
