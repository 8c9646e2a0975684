package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.DownloadPlan;
import dev.lmbridge.sim.machine.DownloadPlan.Action;
import dev.lmbridge.sim.machine.DownloadRequest;
import dev.lmbridge.sim.machine.HubFile;
import dev.lmbridge.sim.machine.HubModel;

/** Download plans in the shape of {@code ArtifactDownloadPlan.ts} of lmstudio-js {@code 6ec11db}: an artifact that needs one model, or a model. */
final class PlanJson {
    private PlanJson() {}

    /** Before anything is known of it. */
    static ObjectNode resolving(DownloadRequest request) {
        ObjectNode plan = JsonNodeFactory.instance.objectNode();
        ArrayNode nodes = plan.putArray("nodes");
        if (request.artifact()) {
            artifact(nodes.addObject(), request, "fetching").putArray("dependencyNodes");
        } else {
            nodes.addObject()
                    .put("type", "model")
                    .put("state", "fetching")
                    .put("dependencyLabel", request.name())
                    .put("resolvedSources", 0)
                    .put("totalSources", 1);
        }
        return plan.put("downloadSizeBytes", 0)
                .put("downloadAction", Action.NONE.wireName())
                .put("version", 0);
    }

    static ObjectNode of(DownloadPlan plan) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode nodes = json.putArray("nodes");
        boolean satisfied = plan.action() == Action.NONE;
        if (plan.request().artifact()) {
            ObjectNode root = artifact(nodes.addObject(), plan.request(), satisfied ? "satisfied" : "completed")
                    .put("artifactType", "model")
                    .put("sizeBytes", DownloadPlan.ARTIFACT_BYTES);
            root.putArray("dependencyNodes").add(1);
        }
        model(nodes.addObject(), plan);
        return json.put("downloadSizeBytes", plan.downloadBytes())
                .put("downloadAction", plan.action().wireName())
                .put("version", plan.version());
    }

    private static ObjectNode artifact(ObjectNode node, DownloadRequest request, String state) {
        int slash = request.name().indexOf('/');
        return node.put("type", "artifact")
                .put("owner", request.name().substring(0, slash))
                .put("name", request.name().substring(slash + 1))
                .put("state", state);
    }

    private static void model(ObjectNode node, DownloadPlan plan) {
        node.put("type", "model")
                .put("state", plan.action() == Action.NONE ? "satisfied" : "completed")
                .put("dependencyLabel", plan.model().displayName())
                .put("resolvedSources", 1)
                .put("totalSources", 1);
        plan.owned().ifPresent(option -> node.set("alreadyOwned", info(plan, option.file())));
        plan.selection().ifPresent(option -> node.set("selected", info(plan, option.file())));
        ArrayNode options = node.putArray("downloadOptions");
        for (DownloadPlan.Option option : plan.options()) {
            ObjectNode row = file(plan.model(), option.file())
                    .put("fitEstimation", option.fits() ? "fullGPUOffload" : "willNotFit")
                    .put("availability", option.availability().wireName());
            row.put("recommended", options.isEmpty());
            options.add(row);
        }
        node.put("selectedDownloadOptionIndex", plan.selected()).put("recommendedDownloadOptionIndex", 0);
    }

    private static ObjectNode info(DownloadPlan plan, HubFile file) {
        return file(plan.model(), file).put("modelKey", plan.modelKey());
    }

    private static ObjectNode file(HubModel model, HubFile file) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("displayName", model.displayName())
                .put("sizeBytes", file.sizeBytes())
                .put("quantName", file.quantization().name())
                .put("compatibilityType", file.format());
    }
}
