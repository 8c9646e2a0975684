package dev.lmbridge.downloads;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.lms.LmsDownload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides everything about downloads: one runs per host, a few wait, the latest ended ones are remembered. */
final class DownloadCore {
    /** How many may wait per host. */
    static final int WAITING = 16;

    /** How many ended ones are remembered. */
    static final int HISTORY = 100;

    private static final Duration FULL_RETRY = Duration.ofMinutes(1);

    private DownloadCore() {}

    /**
     * The jobs in the order they were asked for.
     *
     * @param stopping whether the bridge is on its way out
     */
    record State(Map<String, DownloadJob> jobs, boolean stopping) {
        static final State INITIAL = new State(Map.of(), false);

        Optional<DownloadJob> job(String id) {
            return Optional.ofNullable(jobs.get(id));
        }
    }

    /**
     * What follows from an event.
     *
     * @param job the job that the event is about, null if there is none
     * @param refusal why nothing follows, null if something does
     */
    record Step(
            State state,
            List<DownloadAction> actions,
            @Nullable DownloadJob job,
            @Nullable Failure refusal) {}

    static Step on(State state, DownloadEvent event, Instant now) {
        Turn turn = new Turn(new LinkedHashMap<>(state.jobs()), state.stopping(), now);
        return switch (event) {
            case DownloadEvent.Asked asked -> turn.asked(asked);
            case DownloadEvent.Progressed progressed -> turn.progressed(progressed.id(), progressed.reached());
            case DownloadEvent.Ended ended -> turn.ended(ended);
            case DownloadEvent.CancelAsked cancel -> turn.cancel(cancel.id());
            case DownloadEvent.ShutdownAsked shutdown -> turn.shutDown();
        };
    }

    /** One event being worked on. */
    private static final class Turn {
        private final Map<String, DownloadJob> jobs;
        private final Instant now;
        private final List<DownloadAction> actions = new ArrayList<>();
        private boolean stopping;

        Turn(Map<String, DownloadJob> jobs, boolean stopping, Instant now) {
            this.jobs = jobs;
            this.stopping = stopping;
            this.now = now;
        }

        private Step done(@Nullable DownloadJob about) {
            String id = about == null ? "" : about.id();
            begin();
            forget();
            DownloadJob latest = jobs.getOrDefault(id, about);
            return new Step(state(), List.copyOf(actions), latest, null);
        }

        private Step refused(Failure why) {
            return new Step(state(), List.copyOf(actions), null, why);
        }

        private State state() {
            return new State(Collections.unmodifiableMap(jobs), stopping);
        }

        Step asked(DownloadEvent.Asked asked) {
            if (stopping) {
                return refused(Failure.of(FailureCode.SHUTTING_DOWN, "The bridge is shutting down."));
            }
            Optional<DownloadJob> same = jobs.values().stream()
                    .filter(job ->
                            job.host().equals(asked.host()) && job.model().equals(asked.model()))
                    .filter(job ->
                            job.status() == DownloadJob.Status.QUEUED || job.status() == DownloadJob.Status.RUNNING)
                    .findFirst();
            if (same.isPresent()) {
                return done(same.get());
            }
            long waiting = jobs.values().stream()
                    .filter(job -> job.host().equals(asked.host()) && job.status() == DownloadJob.Status.QUEUED)
                    .count();
            if (waiting >= WAITING) {
                return refused(Failure.of(FailureCode.QUEUE_FULL, waiting + " downloads wait for this host already.")
                        .withRetryAfter(FULL_RETRY));
            }
            return done(put(DownloadJob.asked(asked.id(), asked.host(), asked.model(), now)));
        }

        /** Only what grows keeps a download alive: a bar that is painted again and again shows nothing. */
        Step progressed(String id, LmsDownload reached) {
            DownloadJob job = jobs.get(id);
            if (job == null || job.status() != DownloadJob.Status.RUNNING) {
                return done(job);
            }
            LmsDownload before = job.reached();
            if (before == null || reached.percent() > before.percent() || reached.doneBytes() > before.doneBytes()) {
                actions.add(new DownloadAction.Postpone(id));
            }
            return done(put(job.at(reached)));
        }

        Step ended(DownloadEvent.Ended ended) {
            DownloadJob job = jobs.get(ended.id());
            if (job == null || job.status().isOver()) {
                return done(job);
            }
            Failure failure = ended.failure();
            DownloadJob.Status how;
            if (failure == null) {
                how = ended.wasThere() ? DownloadJob.Status.ALREADY_DOWNLOADED : DownloadJob.Status.COMPLETED;
            } else if (job.status() == DownloadJob.Status.CANCELLING) {
                how = DownloadJob.Status.CANCELLED;
            } else {
                how = DownloadJob.Status.FAILED;
            }
            return done(over(job.ended(how, how == DownloadJob.Status.FAILED ? failure : null, now)));
        }

        Step cancel(String id) {
            DownloadJob job = jobs.get(id);
            if (job == null) {
                return refused(unknown(id));
            }
            return switch (job.status()) {
                case QUEUED -> done(over(job.ended(DownloadJob.Status.CANCELLED, null, now)));
                case RUNNING -> {
                    actions.add(new DownloadAction.Interrupt(id));
                    yield done(put(job.cancelling()));
                }
                case CANCELLING, COMPLETED, ALREADY_DOWNLOADED, FAILED, CANCELLED -> done(job);
            };
        }

        Step shutDown() {
            stopping = true;
            List.copyOf(jobs.values()).forEach(job -> cancel(job.id()));
            return done(null);
        }

        private DownloadJob put(DownloadJob job) {
            jobs.put(job.id(), job);
            return job;
        }

        private DownloadJob over(DownloadJob job) {
            actions.add(new DownloadAction.Tell(job));
            return put(job);
        }

        /** The first that waits on each host where none is under way. One that is being ended still holds its place. */
        private void begin() {
            if (stopping) {
                return;
            }
            for (DownloadJob job : List.copyOf(jobs.values())) {
                boolean free = jobs.values().stream()
                        .noneMatch(other -> other.host().equals(job.host())
                                && (other.status() == DownloadJob.Status.RUNNING
                                        || other.status() == DownloadJob.Status.CANCELLING));
                if (job.status() == DownloadJob.Status.QUEUED && free) {
                    actions.add(new DownloadAction.Run(put(job.begun(now))));
                }
            }
        }

        private void forget() {
            List<String> over = jobs.values().stream()
                    .filter(job -> job.status().isOver())
                    .map(DownloadJob::id)
                    .toList();
            over.subList(0, Math.max(0, over.size() - HISTORY)).forEach(jobs::remove);
        }
    }

    static Failure unknown(String id) {
        String shown = id.length() > 100 ? id.substring(0, 100) + "…" : id;
        return Failure.of(FailureCode.NOT_FOUND, "There is no download '" + shown + "'.");
    }
}
