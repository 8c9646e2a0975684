package dev.lmbridge.downloads;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.lms.InstalledLms;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The only writer of the download jobs: hands events to their core, and carries out what it wants. Asked from any thread. */
public final class DownloadsVerticle extends VerticleBase {
    private final Fleet fleet;
    private final Map<String, InstalledLms> lms;
    private final Duration patience;
    private final InstantSource clock;
    private final Map<String, DownloadCall> calls = new HashMap<>();
    private final DownloadWatchers watchers = new DownloadWatchers();
    private volatile DownloadCore.State state = DownloadCore.State.INITIAL;

    /**
     * The downloads of a node.
     *
     * @param lms the command of each host, by the host's name
     * @param patience how long a download may make no progress before it is ended
     */
    public DownloadsVerticle(Fleet fleet, Map<String, InstalledLms> lms, Duration patience, InstantSource clock) {
        this.fleet = fleet;
        this.lms = Map.copyOf(lms);
        this.patience = patience;
        this.clock = clock;
    }

    /** Whoever waits is told by the state of the job; the processes under way are ended before this is done. */
    @Override
    public Future<?> stop() {
        step(new DownloadEvent.ShutdownAsked());
        return Future.join(calls.values().stream().map(DownloadCall::ended).toList());
    }

    /** A new job, or the one that fetches the same already. Fails with {@link dev.lmbridge.failure.FailureException}. */
    public Future<DownloadJob> ask(String model, @Nullable String host) {
        return Future.succeededFuture().compose(begun -> {
            String name = fleet.route(model, host).name();
            InstalledLms installed = lms.get(name);
            return onContext(() -> installed == null
                            ? Future.succeededFuture(Optional.empty())
                            : vertx.executeBlocking(installed::find, false))
                    .compose(found -> found.isEmpty()
                            ? Future.failedFuture(
                                    DownloadVerdicts.notInstalled("").asException())
                            : onContext(() -> outcome(step(
                                    new DownloadEvent.Asked(UUID.randomUUID().toString(), name, model)))));
        });
    }

    /** The job as it is after it was told to end. Fails with {@code not_found}. */
    public Future<DownloadJob> cancel(String id) {
        return onContext(() -> outcome(step(new DownloadEvent.CancelAsked(id))));
    }

    public Optional<DownloadJob> find(String id) {
        return state.job(id);
    }

    /** The failure for a job that is not there. */
    public static Failure unknown(String id) {
        return DownloadCore.unknown(id);
    }

    /** Running ones, waiting ones and the latest ended ones, in the order they were asked for. */
    public List<DownloadJob> list() {
        return List.copyOf(state.jobs().values());
    }

    /** The job once it tells figures or is over, or as it is when {@code limit} has passed. */
    public Future<DownloadJob> settled(DownloadJob job, Duration limit) {
        return onContext(() -> {
            Supplier<DownloadJob> now = () -> state.job(job.id()).orElse(job);
            return DownloadWatchers.isSettled(now.get())
                    ? Future.succeededFuture(now.get())
                    : watchers.watch(vertx, job.id(), now, limit);
        });
    }

    private static Future<DownloadJob> outcome(DownloadCore.Step step) {
        Failure refusal = step.refusal();
        DownloadJob job = step.job();
        return refusal != null || job == null
                ? Future.failedFuture((refusal == null ? DownloadCore.unknown("") : refusal).asException())
                : Future.succeededFuture(job);
    }

    private <T> Future<T> onContext(Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(turn -> {
            try {
                work.get().onComplete(promise);
            } catch (RuntimeException bug) {
                promise.fail(BusFailures.of(bug).asException());
            }
        });
        return promise.future();
    }

    private DownloadCore.Step step(DownloadEvent event) {
        DownloadCore.Step step = DownloadCore.on(state, event, clock.instant());
        state = step.state();
        step.actions().forEach(this::carryOut);
        DownloadJob job = step.job();
        if (job != null) {
            watchers.tell(job);
        }
        return step;
    }

    private void carryOut(DownloadAction action) {
        switch (action) {
            case DownloadAction.Run run -> begin(run.job());
            case DownloadAction.Postpone postpone ->
                Optional.ofNullable(calls.get(postpone.id())).ifPresent(call -> call.postpone(patience));
            case DownloadAction.Interrupt interrupt ->
                Optional.ofNullable(calls.get(interrupt.id())).ifPresent(DownloadCall::cancel);
            case DownloadAction.Tell tell -> DownloadLog.ended(tell.job());
        }
    }

    private void begin(DownloadJob job) {
        DownloadLog.begins(job);
        DownloadCall call = new DownloadCall(vertx, job, lms.getOrDefault(job.host(), InstalledLms.fixed(null)));
        calls.put(job.id(), call);
        call.run(patience, reached -> step(new DownloadEvent.Progressed(job.id(), reached)))
                .onSuccess(ended -> {
                    calls.remove(job.id());
                    step(ended);
                });
    }
}
