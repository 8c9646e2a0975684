package dev.lmbridge.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.downloads.DownloadJob;
import dev.lmbridge.downloads.DownloadRequest;
import dev.lmbridge.downloads.DownloadsVerticle;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.lms.LmsDownload;
import dev.lmbridge.wire.Problem;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Downloads: {@code /bridge/v1/downloads}, and LM Studio's own two routes over the same jobs. */
final class DownloadRoutes {
    private static final String PATH = "/bridge/v1/downloads";
    private static final String ONE = PATH + "/(?<id>[^/]+)";
    private static final String NATIVE = "/api/v1/models/download";

    /** LM Studio says at once whether there is such a model and how large it is; {@code lms} takes a moment to find out. */
    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(10);

    private final DownloadsVerticle downloads;
    private final InstantSource clock;

    DownloadRoutes(DownloadsVerticle downloads, InstantSource clock) {
        this.downloads = downloads;
        this.clock = clock;
    }

    void install(Router router) {
        router.post(PATH).handler(this::begin);
        router.get(PATH).handler(this::list);
        router.getWithRegex(ONE).handler(context -> one(context, DownloadRoutes::row));
        router.postWithRegex(ONE + "/cancel").handler(this::cancel);
        router.post(NATIVE).handler(this::beginNative);
        router.getWithRegex(NATIVE + "/status/(?<id>[^/]+)").handler(context -> one(context, this::nativeStatus));
    }

    private void begin(RoutingContext context) {
        try {
            DownloadRequest wanted = DownloadRequest.read(body(context));
            downloads
                    .ask(wanted.model(), wanted.host())
                    .onSuccess(job -> {
                        context.response().putHeader("Location", PATH + "/" + job.id());
                        answer(context, 202, row(job));
                    })
                    .onFailure(error -> Failures.send(context, error));
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
        }
    }

    private void beginNative(RoutingContext context) {
        try {
            String model = DownloadRequest.readNative(body(context)).model();
            downloads
                    .ask(model, null)
                    .compose(job -> downloads.settled(job, SETTLES_WITHIN))
                    .onSuccess(job -> {
                        Failure failure = job.failure();
                        if (failure == null) {
                            answer(context, 200, nativeRow(job));
                        } else {
                            Failures.send(context, failure);
                        }
                    })
                    .onFailure(error -> Failures.send(context, error));
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
        }
    }

    private void list(RoutingContext context) {
        JsonArray rows = new JsonArray();
        downloads.list().forEach(job -> rows.add(row(job)));
        answer(context, 200, new JsonObject().put("downloads", rows));
    }

    private void one(RoutingContext context, Function<DownloadJob, JsonObject> shape) {
        String id = context.pathParam("id");
        downloads
                .find(id)
                .ifPresentOrElse(
                        job -> answer(context, 200, shape.apply(job)),
                        () -> Failures.send(context, DownloadsVerticle.unknown(id)));
    }

    private void cancel(RoutingContext context) {
        downloads
                .cancel(context.pathParam("id"))
                .onSuccess(job -> answer(context, 202, row(job)))
                .onFailure(error -> Failures.send(context, error));
    }

    private static ObjectNode body(RoutingContext context) {
        Buffer body = context.body().buffer();
        return StrictJson.object(body == null ? new byte[0] : body.getBytes());
    }

    private static JsonObject row(DownloadJob job) {
        boolean wasThere = job.status() == DownloadJob.Status.ALREADY_DOWNLOADED;
        JsonObject row = new JsonObject()
                .put("id", job.id())
                .put("model", job.model())
                .put("host", job.host())
                .put("status", wasThere ? "completed" : job.status().text());
        if (wasThere) {
            row.put("alreadyDownloaded", true);
        }
        LmsDownload reached = job.reached();
        if (reached != null) {
            boolean whole = job.status() == DownloadJob.Status.COMPLETED;
            row.put("percent", whole ? 100.0 : reached.percent())
                    .put("downloadedBytes", whole ? reached.totalBytes() : reached.doneBytes())
                    .put("totalBytes", reached.totalBytes());
            if (reached.bytesPerSecond() != null && job.status() == DownloadJob.Status.RUNNING) {
                row.put("bytesPerSecond", reached.bytesPerSecond());
            }
        }
        row.put("createdAt", job.createdAt().toString());
        putInstant(row, "startedAt", job.startedAt());
        putInstant(row, "endedAt", job.endedAt());
        Failure failure = job.failure();
        return failure == null ? row : row.put("error", Problem.write(failure, null, null));
    }

    /** The shape of LM Studio 0.4.0: an {@code already_downloaded} has no job. */
    private static JsonObject nativeRow(DownloadJob job) {
        String status = switch (job.status()) {
            case QUEUED, RUNNING, CANCELLING -> "downloading";
            case COMPLETED -> "completed";
            case ALREADY_DOWNLOADED -> "already_downloaded";
            case FAILED, CANCELLED -> "failed";
        };
        if (job.status() == DownloadJob.Status.ALREADY_DOWNLOADED) {
            return new JsonObject().put("status", status);
        }
        JsonObject row = new JsonObject().put("job_id", job.id()).put("status", status);
        if (job.reached() != null) {
            row.put("total_size_bytes", job.reached().totalBytes());
        }
        putInstant(row, "started_at", job.startedAt());
        if (job.status() == DownloadJob.Status.COMPLETED) {
            putInstant(row, "completed_at", job.endedAt());
        }
        return row;
    }

    private JsonObject nativeStatus(DownloadJob job) {
        JsonObject row = nativeRow(job).put("job_id", job.id());
        LmsDownload reached = job.reached();
        if (job.status() == DownloadJob.Status.ALREADY_DOWNLOADED) {
            row.put("status", "completed");
        }
        if (reached != null) {
            boolean whole = job.status() == DownloadJob.Status.COMPLETED;
            row.put("downloaded_bytes", whole ? reached.totalBytes() : reached.doneBytes());
            Long speed = reached.bytesPerSecond();
            if (speed != null && speed > 0 && job.status() == DownloadJob.Status.RUNNING) {
                long left = Math.max(0, reached.totalBytes() - reached.doneBytes()) / speed;
                row.put("bytes_per_second", speed)
                        .put(
                                "estimated_completion",
                                clock.instant().plusSeconds(left).toString());
            }
        }
        return row;
    }

    private static void putInstant(JsonObject row, String name, @Nullable Instant when) {
        if (when != null) {
            row.put(name, when.toString());
        }
    }

    private static void answer(RoutingContext context, int status, JsonObject body) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(body.toBuffer())
                    .onFailure(gone -> {});
        }
    }
}
