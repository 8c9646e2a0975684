package dev.lmbridge.downloads;

import dev.lmbridge.failure.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says of downloads. */
final class DownloadLog {
    private static final Logger LOG = LoggerFactory.getLogger(DownloadsVerticle.class);

    private DownloadLog() {}

    static void begins(DownloadJob job) {
        LOG.atInfo()
                .addKeyValue("host", job.host())
                .addKeyValue("model", job.model())
                .addKeyValue("download", job.id())
                .log("download begins");
    }

    static void ended(DownloadJob job) {
        Failure failure = job.failure();
        (failure == null ? LOG.atInfo() : LOG.atWarn())
                .addKeyValue("host", job.host())
                .addKeyValue("model", job.model())
                .addKeyValue("download", job.id())
                .addKeyValue("status", job.status().text())
                .addKeyValue("code", failure == null ? null : failure.code().text())
                .addKeyValue("detail", failure == null ? null : failure.detail())
                .log("download ended");
    }
}
