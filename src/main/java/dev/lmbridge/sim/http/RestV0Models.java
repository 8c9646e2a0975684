package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /api/v0/models}: the older list, whose {@code state} tells what is loaded. */
final class RestV0Models {
    private final SimMachine machine;

    RestV0Models(SimMachine machine) {
        this.machine = machine;
    }

    void list(HttpServerRequest request) {
        ObjectNode body = Replies.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (CatalogueModel model : machine.catalogue().models()) {
            data.add(row(model.modelKey(), model, machine.find(model.modelKey()).orElse(null)));
        }
        for (Instance instance : machine.loaded()) {
            if (!instance.identifier().equals(instance.model().modelKey())) {
                data.add(row(instance.identifier(), instance.model(), instance));
            }
        }
        Replies.json(request.response(), 200, body);
    }

    void one(HttpServerRequest request, String encoded) {
        String id = decoded(encoded);
        Optional<Instance> instance = machine.find(id);
        Optional<CatalogueModel> model =
                instance.map(Instance::model).or(() -> machine.catalogue().byKey(id));
        if (model.isEmpty()) {
            Replies.errorText(request.response(), 404, "Model with identifier \"" + id + "\" not found.");
        } else {
            Replies.json(request.response(), 200, row(id, model.get(), instance.orElse(null)));
        }
    }

    private static String decoded(String encoded) {
        try {
            return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }

    private static ObjectNode row(String id, CatalogueModel model, @Nullable Instance instance) {
        ObjectNode row = Replies.object()
                .put("id", id)
                .put("object", "model")
                .put("type", model.isEmbedding() ? "embeddings" : model.vision() ? "vlm" : "llm")
                .put("publisher", model.publisher())
                .put("arch", model.architecture())
                .put("compatibility_type", RestV1Models.formatOf(model))
                .put("quantization", model.quantization().name())
                .put("state", instance == null ? "not-loaded" : "loaded")
                .put("max_context_length", model.maxContextLength());
        if (instance != null) {
            row.put("loaded_context_length", instance.contextLength());
        }
        if (!model.isEmbedding() && model.trainedForToolUse()) {
            row.putArray("capabilities").add("tool_use");
        }
        return row;
    }
}
