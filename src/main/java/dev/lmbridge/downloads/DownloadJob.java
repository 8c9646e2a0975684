package dev.lmbridge.downloads;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.lms.LmsDownload;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One download.
 *
 * @param model what {@code lms get} is told: {@code owner/name}, {@code owner/name@quantization}, or an address
 * @param reached how far it is, null before the first figure
 * @param failure why it failed; null unless it did
 */
public record DownloadJob(
        String id,
        String host,
        String model,
        Status status,
        @Nullable LmsDownload reached,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Failure failure) {

    /** Where a job is. */
    public enum Status {
        /** Another download of its host goes first. */
        QUEUED,
        RUNNING,
        /** It was told to end and has not ended yet. */
        CANCELLING,
        /** It has come, or was there before. */
        COMPLETED,
        /** As {@code COMPLETED}: nothing had to be fetched. */
        ALREADY_DOWNLOADED,
        FAILED,
        CANCELLED;

        public boolean isOver() {
            return switch (this) {
                case QUEUED, RUNNING, CANCELLING -> false;
                case COMPLETED, ALREADY_DOWNLOADED, FAILED, CANCELLED -> true;
            };
        }

        /** As programs see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static DownloadJob asked(String id, String host, String model, Instant now) {
        return new DownloadJob(id, host, model, Status.QUEUED, null, now, null, null, null);
    }

    DownloadJob begun(Instant now) {
        return new DownloadJob(id, host, model, Status.RUNNING, null, createdAt, now, null, null);
    }

    DownloadJob at(LmsDownload figure) {
        return new DownloadJob(id, host, model, status, figure, createdAt, startedAt, null, null);
    }

    DownloadJob cancelling() {
        return new DownloadJob(id, host, model, Status.CANCELLING, reached, createdAt, startedAt, null, null);
    }

    DownloadJob ended(Status how, @Nullable Failure why, Instant now) {
        return new DownloadJob(id, host, model, how, reached, createdAt, startedAt, now, why);
    }
}
