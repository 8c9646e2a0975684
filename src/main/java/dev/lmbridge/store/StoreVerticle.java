package dev.lmbridge.store;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between event loops and the store: opens it, asks it on threads of its own, looks whether it answers, writes the audit,
 * closes it. A store that does not answer keeps a bounded number of callers waiting, each for a bounded time, and nobody else.
 */
public final class StoreVerticle extends VerticleBase {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final Duration LONGEST_CALL = Duration.ofMinutes(1);
    private static final int THREADS = 2;

    /** Calls that wait for a thread, or have one. */
    static final int CALLS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(StoreVerticle.class);

    private final HeldStore held;
    private final AuditQueue audit;
    private final Duration lookEvery;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile @Nullable WorkerExecutor threads;

    /** Something to ask a store for. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Store store) throws StoreException;
    }

    public StoreVerticle(StoreOpener opener, AuditQueue audit) {
        this(opener, audit, LOOK_EVERY);
    }

    StoreVerticle(StoreOpener opener, AuditQueue audit, Duration lookEvery) {
        held = new HeldStore(opener, audit);
        this.audit = audit;
        this.lookEvery = lookEvery;
    }

    /** Ready once opening was tried. Only a store that a person has to mend fails it; one that does not answer is tried again. */
    @Override
    public Future<?> start() {
        WorkerExecutor workers = vertx.createSharedWorkerExecutor(
                "store-" + deploymentID(), THREADS, LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
        threads = workers;
        audit.onEntry(this::write);
        vertx.setPeriodic(lookEvery.toMillis(), tick -> look());
        return workers.executeBlocking(held::open, false).onSuccess(tried -> write());
    }

    /** What is wrong with the store, as a sentence for a person; empty if it answers. */
    public Optional<String> trouble() {
        return held.trouble();
    }

    /** Asks the store. Fails with {@code store_unavailable} if it cannot answer, or not in time. */
    public <T> Future<T> ask(Question<T> question) {
        WorkerExecutor workers = threads;
        if (workers == null || !held.isOpen()) {
            return Future.failedFuture(unavailable(trouble().orElse("The store is closed.")));
        }
        if (calls.incrementAndGet() > CALLS) {
            calls.decrementAndGet();
            return Future.failedFuture(unavailable("Too many requests are waiting for the store."));
        }
        return workers.executeBlocking(() -> held.ask(question), false)
                .onComplete(done -> calls.decrementAndGet())
                .recover(failed -> Future.failedFuture(
                        failed instanceof StoreException told ? told.asFailure().asException() : failed))
                .timeout(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failed -> Future.failedFuture(
                        failed instanceof TimeoutException
                                ? unavailable("The store did not answer in time.")
                                : failed));
    }

    private static RuntimeException unavailable(String detail) {
        return Failure.of(FailureCode.STORE_UNAVAILABLE, detail).asException();
    }

    private void look() {
        WorkerExecutor workers = threads;
        if (workers != null && looking.compareAndSet(false, true)) {
            workers.executeBlocking(held::look, false).onComplete(done -> {
                looking.set(false);
                if (done.succeeded()) {
                    write();
                } else if (!(done.cause() instanceof StoreException)) {
                    LOG.atError().setCause(done.cause()).log("the look at the store failed");
                }
            });
        }
    }

    /** One writer at a time; it takes what came meanwhile, too. A store in trouble is left alone until a look finds it well. */
    private void write() {
        WorkerExecutor workers = threads;
        if (workers == null || held.trouble().isPresent() || !audit.hasWaiting()) {
            return;
        }
        if (writing.compareAndSet(false, true)) {
            workers.executeBlocking(held::writeAudit, false).onComplete(done -> {
                writing.set(false);
                if (done.succeeded() && audit.hasWaiting()) {
                    write();
                }
            });
        }
    }

    /** What waits is written if that goes quickly. */
    @Override
    public Future<?> stop() {
        WorkerExecutor workers = threads;
        threads = null;
        if (workers == null) {
            return Future.succeededFuture();
        }
        return workers.executeBlocking(held::close, false)
                .timeout(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .transform(done -> Future.succeededFuture());
    }
}
