package dev.lmbridge.downloads;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.lms.LmsDownload;
import org.jspecify.annotations.Nullable;

/** What happens to downloads. */
sealed interface DownloadEvent {
    /** Somebody wants a model on a host's disk; {@code id} is the new job's, should there be one. */
    record Asked(String id, String host, String model) implements DownloadEvent {}

    record Progressed(String id, LmsDownload reached) implements DownloadEvent {}

    /** Its process has ended, for whatever reason. */
    record Ended(String id, @Nullable Failure failure, boolean wasThere) implements DownloadEvent {}

    record CancelAsked(String id) implements DownloadEvent {}

    /** The bridge stops: nothing new is begun. */
    record ShutdownAsked() implements DownloadEvent {}
}
