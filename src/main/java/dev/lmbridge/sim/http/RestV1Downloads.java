package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.DownloadJob;
import dev.lmbridge.sim.machine.DownloadPlan;
import dev.lmbridge.sim.machine.DownloadRequest;
import dev.lmbridge.sim.machine.Downloads.Resolution;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v1/models/download} and {@code GET /api/v1/models/download/status/:job_id}. */
final class RestV1Downloads {
    /** The route of a job's status, without the job. */
    static final String STATUS = "/api/v1/models/download/status/";

    private static final Pattern HUGGING_FACE =
            Pattern.compile("https://huggingface\\.co/([^/?#]+/[^/?#]+)(?:/[^?#]*?([^/?#]+))?/?(?:[?#].*)?");

    private final SimMachine machine;

    RestV1Downloads(SimMachine machine) {
        this.machine = machine;
    }

    void start(HttpServerRequest request) {
        Bodies.object(request, body -> {
            JsonNode model = body.path("model");
            JsonNode quantization = body.path("quantization");
            if (!model.isTextual()) {
                bad(request, "missing_required_parameter", "\"model\" is required", "model");
                return;
            }
            Matcher link = HUGGING_FACE.matcher(model.textValue());
            boolean isLink = link.matches();
            if (!quantization.isMissingNode() && !(quantization.isTextual() && isLink)) {
                bad(
                        request,
                        "invalid_value",
                        "\"quantization\" must be a string, and is only supported for Hugging Face links",
                        "quantization");
                return;
            }
            DownloadRequest wanted = isLink
                    ? DownloadRequest.repository(link.group(1)).preferring(link.group(2), quantization.textValue())
                    : DownloadRequest.artifact(model.textValue());
            machine.downloads().resolve(wanted, resolution -> resolved(request, quantization.textValue(), resolution));
        });
    }

    private void resolved(HttpServerRequest request, @Nullable String quantization, Resolution resolution) {
        switch (resolution) {
            case Resolution.Unknown(String reason) -> notFound(request, "model_not_found", reason);
            case Resolution.Planned(DownloadPlan plan) -> {
                if (quantization != null && !plan.hasPreselected(quantization)) {
                    notFound(request, "model_not_found", "Cannot find variant " + quantization + ".");
                    return;
                }
                Optional<DownloadJob> job = machine.downloads().start(plan);
                Replies.json(
                        request.response(),
                        200,
                        job.map(RestV1Downloads::begun)
                                .orElseGet(() -> Replies.object().put("status", "already_downloaded")));
            }
        }
    }

    void status(HttpServerRequest request, String id) {
        Optional<DownloadJob> job = machine.downloads().find(id);
        if (job.isPresent()) {
            Replies.json(request.response(), 200, progress(job.get()));
        } else {
            notFound(request, "job_not_found", "Download job with id '" + id + "' not found");
        }
    }

    private static ObjectNode begun(DownloadJob job) {
        return Replies.object()
                .put("job_id", job.id())
                .put("status", job.state().wireName())
                .put("total_size_bytes", job.file().sizeBytes())
                .put("started_at", job.started().toString());
    }

    /** Why a download failed is told nowhere; LM Studio documents no field for it. */
    private static ObjectNode progress(DownloadJob job) {
        ObjectNode body = begun(job).put("downloaded_bytes", job.downloadedBytes());
        if (job.state() == DownloadJob.State.DOWNLOADING) {
            body.put("bytes_per_second", job.bytesPerSecond());
            job.estimatedEnd().ifPresent(end -> body.put("estimated_completion", end.toString()));
        }
        Instant ended = job.ended();
        if (job.state() == DownloadJob.State.COMPLETED && ended != null) {
            body.put("completed_at", ended.toString());
        }
        return body;
    }

    private static void bad(HttpServerRequest request, String code, String message, String field) {
        Replies.restError(request.response(), 400, "invalid_request", code, message, field);
    }

    private static void notFound(HttpServerRequest request, String type, String message) {
        Replies.restError(request.response(), 404, type, null, message, null);
    }
}
