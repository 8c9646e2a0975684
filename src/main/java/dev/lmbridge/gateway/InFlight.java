package dev.lmbridge.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The requests that are being answered, so that a stop can wait for them and then end what is left. */
public final class InFlight {
    /** Something under way that can be told to come to its end. */
    interface Work {
        void shutDown();
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

    public int count() {
        return work.size();
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

    /** Ends with a typed error what is still under way. */
    public void shutDown() {
        work.forEach(Work::shutDown);
    }
}
