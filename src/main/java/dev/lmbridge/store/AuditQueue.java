package dev.lmbridge.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries on their way to the store. While the store does not answer they wait here, up to a limit; what comes beyond it is lost
 * and counted.
 */
public final class AuditQueue implements AuditLog {
    static final int CAPACITY = 1_024;
    private static final int BATCH = 100;
    private static final Logger LOG = LoggerFactory.getLogger(AuditQueue.class);

    private final BlockingQueue<AuditEntry> waiting;
    private final List<AuditEntry> batch = new ArrayList<>(BATCH);
    private final IntConsumer lost;
    private final AtomicLong unreported = new AtomicLong();
    private volatile boolean refused;
    private volatile Runnable wake = () -> {};

    /** @param lost is told how many entries were lost */
    public AuditQueue(IntConsumer lost) {
        this(CAPACITY, lost);
    }

    AuditQueue(int capacity, IntConsumer lost) {
        waiting = new ArrayBlockingQueue<>(capacity);
        this.lost = lost;
    }

    /** Who is told that there is something to write. It must not block. */
    void onEntry(Runnable wake) {
        this.wake = wake;
    }

    @Override
    public void tell(AuditEntry entry) {
        if (waiting.offer(entry)) {
            wake.run();
        } else {
            lose(1);
        }
    }

    /**
     * Writes what waits. What a store that does not answer has not taken stays for the next call; an entry may then be written
     * twice, if the answer was all that got lost.
     *
     * @throws StoreException if something could not be written
     */
    synchronized void writeTo(Store store) throws StoreException {
        report();
        while (!batch.isEmpty() || waiting.drainTo(batch, BATCH) > 0) {
            try {
                store.append(batch);
                batch.clear();
                refused = false;
            } catch (StoreException failed) {
                refused = failed.kind() != StoreException.Kind.FAILED;
                if (failed.kind() == StoreException.Kind.FAILED) {
                    lose(batch.size());
                    batch.clear();
                }
                throw failed;
            }
        }
    }

    /** Whether something is to be written, be it that the store refused it before. */
    boolean hasWaiting() {
        return refused || !waiting.isEmpty();
    }

    /** Gives up on whatever is left. */
    synchronized void abandon() {
        waiting.drainTo(batch);
        if (!batch.isEmpty()) {
            lose(batch.size());
            batch.clear();
        }
        report();
    }

    private void lose(int entries) {
        lost.accept(entries);
        unreported.addAndGet(entries);
    }

    private void report() {
        long entries = unreported.getAndSet(0);
        if (entries > 0) {
            LOG.atWarn().addKeyValue("entries", entries).log("audit entries were lost");
        }
    }
}
