package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.DownloadJob;
import dev.lmbridge.sim.machine.DownloadListener;
import dev.lmbridge.sim.machine.DownloadPlan;
import dev.lmbridge.sim.machine.DownloadRequest;
import dev.lmbridge.sim.machine.Downloads;
import dev.lmbridge.sim.machine.Downloads.Resolution;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Channel {@code createDownloadPlan}: {@code planUpdated}, {@code planReady}, and after the client's {@code commit} the download:
 * {@code downloadProgress} several times, {@code startFinalizing}, {@code success} and the close. An error can end it at any point.
 */
final class PlanChannel implements Endpoints.OpenChannel, DownloadListener {
    private final Downloads downloads;
    private final Endpoints.ChannelOutlet channel;
    private @Nullable DownloadPlan plan;
    private @Nullable DownloadJob job;

    private PlanChannel(Downloads downloads, Endpoints.ChannelOutlet channel) {
        this.downloads = downloads;
        this.channel = channel;
    }

    static PlanChannel begin(SimMachine machine, DownloadRequest request, Endpoints.ChannelOutlet channel) {
        PlanChannel opened = new PlanChannel(machine.downloads(), channel);
        machine.agenda().soon(() -> opened.tell("planUpdated", PlanJson.resolving(request)));
        machine.downloads().resolve(request, opened::resolved);
        return opened;
    }

    private void resolved(Resolution resolution) {
        switch (resolution) {
            case Resolution.Planned(DownloadPlan found) -> {
                plan = found;
                tell("planReady", PlanJson.of(found));
            }
            case Resolution.Unknown(String reason) -> channel.fail(WireError.of(reason));
        }
    }

    @Override
    public void received(JsonNode message) {
        DownloadPlan ready = plan;
        switch (message.path("type").asText()) {
            case "cancelPlan" -> {
                abandoned();
                channel.close();
            }
            case "cancelDownload" -> {
                if (job != null) {
                    job.cancel();
                }
                channel.fail(WireError.of("The download was cancelled."));
            }
            case "setSelectedDownloadOptionIndex" -> {
                if (ready != null && job == null) {
                    select(ready, message);
                }
            }
            case "commit" -> {
                if (ready != null && job == null) {
                    commit(ready);
                }
            }
            default -> channel.fail(WireError.of("The message of a download plan has an unknown \"type\"."));
        }
    }

    private void select(DownloadPlan ready, JsonNode message) {
        JsonNode index = message.path("selectedDownloadOptionIndex");
        JsonNode version = message.path("requestedPlanVersion");
        int modelNode = ready.request().artifact() ? 1 : 0;
        Optional<DownloadPlan> changed = message.path("nodeIndex").asInt(-1) == modelNode && version.isInt()
                ? ready.select(index.isInt() ? index.intValue() : null, version.intValue())
                : Optional.empty();
        if (changed.isEmpty()) {
            channel.fail(WireError.of("There is no such download option in this plan."));
        } else {
            plan = changed.get();
            tell("planUpdated", PlanJson.of(changed.get()));
        }
    }

    private void commit(DownloadPlan ready) {
        Optional<DownloadJob> begun = downloads.start(ready);
        if (begun.isEmpty()) {
            completed();
        } else {
            job = begun.get();
            begun.get().listen(this);
        }
    }

    /** The download goes on: {@code lms} has it cancelled when its user says so. */
    @Override
    public void abandoned() {
        if (job != null) {
            job.ignore(this);
        }
    }

    @Override
    public void progress(DownloadJob running) {
        ObjectNode message = typed("downloadProgress");
        message.putObject("update")
                .put("downloadedBytes", running.downloadedBytes())
                .put("totalBytes", running.file().sizeBytes())
                .put("speedBytesPerSecond", running.bytesPerSecond());
        channel.sendIfRoom(message);
    }

    @Override
    public void finalizing() {
        channel.send(typed("startFinalizing"));
    }

    @Override
    public void completed() {
        channel.send(typed("success"));
        channel.close();
    }

    @Override
    public void failed(String reason) {
        channel.fail(WireError.of(reason));
    }

    private void tell(String type, ObjectNode content) {
        ObjectNode message = typed(type);
        message.set("plan", content);
        channel.send(message);
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
