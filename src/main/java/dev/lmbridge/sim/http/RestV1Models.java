package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/v1/models}: each downloaded model with its loaded instances. */
final class RestV1Models {
    private final SimMachine machine;

    RestV1Models(SimMachine machine) {
        this.machine = machine;
    }

    void list(HttpServerRequest request) {
        ObjectNode body = Replies.object();
        ArrayNode models = body.putArray("models");
        machine.catalogue().models().forEach(model -> models.add(row(model)));
        Replies.json(request.response(), 200, body);
    }

    private ObjectNode row(CatalogueModel model) {
        ObjectNode row = Replies.object()
                .put("type", model.type().wireName())
                .put("publisher", model.publisher())
                .put("key", model.modelKey())
                .put("display_name", model.displayName());
        if (!model.isEmbedding()) {
            row.put("architecture", model.architecture());
        }
        row.putObject("quantization")
                .put("name", model.quantization().name())
                .put("bits_per_weight", model.quantization().bits());
        row.put("size_bytes", model.sizeBytes()).put("params_string", model.paramsString());
        ArrayNode instances = row.putArray("loaded_instances");
        machine.loaded().stream()
                .filter(instance -> instance.model().modelKey().equals(model.modelKey()))
                .forEach(instance -> instances.add(instance(instance)));
        row.put("max_context_length", model.maxContextLength()).put("format", formatOf(model));
        if (!model.isEmbedding()) {
            ObjectNode capabilities = row.putObject("capabilities")
                    .put("vision", model.vision())
                    .put("trained_for_tool_use", model.trainedForToolUse());
            if (model.reasoning()) {
                ObjectNode reasoning = capabilities.putObject("reasoning");
                ArrayNode options = reasoning.putArray("allowed_options");
                reasoningOptions(model).forEach(options::add);
                reasoning.put("default", "on");
            }
            row.put("description", "Simulated: its answers follow fixed rules.");
        }
        if (!model.variants().isEmpty()) {
            ArrayNode variants = row.putArray("variants");
            model.variants().forEach(variants::add);
            row.put("selected_variant", model.selectedVariant());
        }
        return row;
    }

    private ObjectNode instance(Instance instance) {
        ObjectNode row = Replies.object().put("id", instance.identifier());
        row.set("config", config(instance));
        Duration ttl = instance.ttl();
        if (ttl != null && instance.isJit()) {
            Instant expiry = instance.expiresAt();
            Duration left =
                    expiry == null ? ttl : Duration.between(machine.agenda().now(), expiry);
            row.put("remaining_ttl_seconds", Math.max(0, Math.ceilDiv(left.toMillis(), 1_000L)));
        }
        return row;
    }

    /** The values of {@code reasoning} that a chat with the model can have; none for one that does not reason. */
    static List<String> reasoningOptions(CatalogueModel model) {
        return model.reasoning() ? List.of("on") : List.of();
    }

    /** HTTP names the engine's format where {@code lms} names that of the files. */
    static String formatOf(CatalogueModel model) {
        return model.format().equals("safetensors") ? "mlx" : model.format();
    }

    /** The settings of an instance, as the list and the answer to a load show them. */
    static ObjectNode config(Instance instance) {
        ObjectNode config = Replies.object().put("context_length", instance.contextLength());
        if (instance.model().isEmbedding()) {
            return config;
        }
        config.put("parallel", instance.parallel());
        // The rest is llama.cpp's: the engine of MLX models has none of it.
        if (instance.model().format().equals("gguf")) {
            LoadRequest.Tuning tuning = instance.tuning();
            config.put("eval_batch_size", or(tuning.evalBatchSize(), 512))
                    .put("flash_attention", or(tuning.flashAttention(), true))
                    .put("offload_kv_cache_to_gpu", or(tuning.offloadKvCacheToGpu(), true));
        }
        return config;
    }

    private static <T> T or(@Nullable T set, T usual) {
        return set == null ? usual : set;
    }
}
