package dev.lmbridge.downloads;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Who waits until there is something to tell of a job. For the context of the downloads. */
final class DownloadWatchers {
    private final Map<String, List<Promise<DownloadJob>>> waiting = new HashMap<>();

    /** Whether it tells figures or is over. */
    static boolean isSettled(DownloadJob job) {
        return job.reached() != null || job.status().isOver();
    }

    /** The job once it is settled, or as {@code now} tells it when {@code limit} has passed. */
    Future<DownloadJob> watch(Vertx vertx, String id, Supplier<DownloadJob> now, Duration limit) {
        Promise<DownloadJob> watcher = Promise.promise();
        List<Promise<DownloadJob>> all = waiting.computeIfAbsent(id, none -> new ArrayList<>());
        all.add(watcher);
        long timer = vertx.setTimer(limit.toMillis(), late -> {
            all.remove(watcher);
            watcher.tryComplete(now.get());
        });
        return watcher.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    void tell(DownloadJob job) {
        List<Promise<DownloadJob>> all = isSettled(job) ? waiting.remove(job.id()) : null;
        if (all != null) {
            all.forEach(watcher -> watcher.tryComplete(job));
        }
    }
}
