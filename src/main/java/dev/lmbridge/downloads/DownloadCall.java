package dev.lmbridge.downloads;

import dev.lmbridge.lms.InstalledLms;
import dev.lmbridge.lms.LmsCall;
import dev.lmbridge.lms.LmsCli;
import dev.lmbridge.lms.LmsCommand;
import dev.lmbridge.lms.LmsDownload;
import dev.lmbridge.lms.LmsFailure;
import dev.lmbridge.lms.LmsFailures;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.lms.LmsProgress;
import dev.lmbridge.wire.Addresses;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call of {@code lms get}, and the look at its host that follows a success. Used from one context. */
final class DownloadCall {
    /** A look takes a few seconds at most; without it the model shows up with the next regular one. */
    private static final Duration LOOK_WITHIN = Duration.ofSeconds(6);

    private final Vertx vertx;
    private final DownloadJob job;
    private final InstalledLms lms;
    private final Promise<Void> ended = Promise.promise();
    private @Nullable LmsCall call;
    private boolean cancelled;

    DownloadCall(Vertx vertx, DownloadJob job, InstalledLms lms) {
        this.vertx = vertx;
        this.job = job;
        this.lms = lms;
    }

    /** Never fails. When the event comes after a success, the host's catalogue has been read again. */
    Future<DownloadEvent> run(Duration patience, Consumer<LmsDownload> progress) {
        LmsCommand command = new LmsCommand.Get(job.model());
        Context context = vertx.getOrCreateContext();
        return vertx.executeBlocking(() -> start(command, patience, context, progress), false)
                .compose(started -> {
                    call = started;
                    if (cancelled) {
                        started.cancel();
                    }
                    return Future.fromCompletionStage(started.outcome(), context);
                })
                .map(outcome -> event(command, outcome, patience))
                .otherwise(error -> new DownloadEvent.Ended(job.id(), BusFailures.of(error), false))
                .onSuccess(told -> ended.tryComplete())
                .compose(this::looked);
    }

    private LmsCall start(LmsCommand command, Duration patience, Context context, Consumer<LmsDownload> progress) {
        LmsCli cli =
                lms.find().orElseThrow(() -> DownloadVerdicts.notInstalled("").asException());
        return cli.start(command, patience, new LmsProgress() {
            @Override
            public void percent(int percent) {
                // Only loads have no more than that.
            }

            @Override
            public void downloaded(LmsDownload reached) {
                context.runOnContext(turn -> progress.accept(reached));
            }
        });
    }

    private DownloadEvent.Ended event(LmsCommand command, LmsOutcome outcome, Duration patience) {
        Optional<LmsFailure> failure = LmsFailures.classify(command, outcome);
        String said = outcome.stderr().toLowerCase(Locale.ROOT);
        boolean wasThere = said.contains("already downloaded") && !said.contains("download completed");
        return new DownloadEvent.Ended(
                job.id(),
                failure.map(found -> DownloadVerdicts.of(found, job.model(), patience))
                        .orElse(null),
                wasThere);
    }

    private Future<DownloadEvent> looked(DownloadEvent.Ended event) {
        if (event.failure() != null) {
            return Future.succeededFuture(event);
        }
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(LOOK_WITHIN.toMillis());
        return vertx.eventBus()
                .request(Addresses.hostLook(job.host()), new JsonObject(), options)
                .transform(answered -> Future.succeededFuture(event));
    }

    void postpone(Duration patience) {
        if (call != null) {
            call.postpone(patience);
        }
    }

    void cancel() {
        cancelled = true;
        if (call != null) {
            call.cancel();
        }
    }

    /** Done when its processes are gone, which the call itself bounds. */
    Future<Void> ended() {
        return ended.future();
    }
}
