package dev.lmbridge.downloads;

/** What is to be done about downloads. */
sealed interface DownloadAction {
    /** Begin it; tell its progress and, once, its end. */
    record Run(DownloadJob job) implements DownloadAction {}

    /** It grows: it gets its whole patience anew. */
    record Postpone(String id) implements DownloadAction {}

    /** End it. */
    record Interrupt(String id) implements DownloadAction {}

    /** It is over. */
    record Tell(DownloadJob job) implements DownloadAction {}
}
