package dev.lmbridge.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The requests that are being answered, so that a stop can wait for them and then end what is left. */
public final class InFlight {
    /** Something under way that can be told to come to its end. */
    interface Work {
        /** Looks whether anything has taken too long; called now and then, on any thread. */
        void check();

        void shutDown();

        /** Somebody else than its client wants it to end. */
        void cancel();

        Standing standing();

        /** An instance is unloaded by force: what uses it has to end. */
        void unloaded(String host, String identifier);
    }

    private final Set<Work> work = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Promise<Void> empty;

    void begin(Work begun) {
        work.add(begun);
    }

    void end(Work ended) {
        work.remove(ended);
        Promise<Void> waiting = empty;
        if (waiting != null && work.isEmpty()) {
            waiting.tryComplete();
        }
    }

    void checkAll() {
        work.forEach(Work::check);
    }

    public int count() {
        return work.size();
    }

    /** Where each stands, the oldest first. */
    public List<Standing> standings() {
        return work.stream()
                .map(Work::standing)
                .sorted(Comparator.comparing(Standing::since).thenComparing(Standing::id))
                .toList();
    }

    /** Ends with a typed error whatever has this id, which clients choose: that may be several. Whether there was any. */
    public boolean cancel(String id) {
        List<Work> meant =
                work.stream().filter(one -> one.standing().id().equals(id)).toList();
        meant.forEach(Work::cancel);
        return !meant.isEmpty();
    }

    /** Completes when nothing is under way any more. */
    public Future<Void> whenEmpty() {
        Promise<Void> waiting = Promise.promise();
        empty = waiting;
        if (work.isEmpty()) {
            waiting.tryComplete();
        }
        return waiting.future();
    }

    /** Ends with a typed error what uses an instance that is unloaded by force. */
    public void unloaded(String host, String identifier) {
        work.forEach(one -> one.unloaded(host, identifier));
    }

    /** Ends with a typed error what is still under way. */
    public void shutDown() {
        work.forEach(Work::shutDown);
    }
}
