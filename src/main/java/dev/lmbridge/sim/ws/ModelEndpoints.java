package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.ModelType;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.rows.ModelRows;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Namespaces {@code llm} and {@code embedding}: the instances of one kind of model. They differ in the shapes alone. */
final class ModelEndpoints implements Endpoints {
    private final SimMachine machine;
    private final ModelType type;

    ModelEndpoints(SimMachine machine, ModelType type) {
        this.machine = machine;
        this.type = type;
    }

    @Override
    public @Nullable JsonNode call(String endpoint, JsonNode json) throws RefusedException {
        Parameter parameter = new Parameter(endpoint, json);
        return switch (endpoint) {
            case "listLoaded" -> listLoaded();
            case "getModelInfo" -> modelInfo(parameter);
            case "getLoadConfig" -> LoadConfig.describe(specified(parameter));
            case "getInstanceProcessingState" -> processingState(specified(parameter));
            case "unloadModel" -> unload(parameter);
            case "estimateModelUsage" -> estimate(parameter);
            default -> throw new RefusedException(WireError.unknownEndpoint("an RPC call", endpoint));
        };
    }

    @Override
    public OpenChannel open(String endpoint, JsonNode json, ChannelOutlet channel) throws RefusedException {
        if (!endpoint.equals("loadModel")) {
            throw new RefusedException(WireError.unknownEndpoint("a channel creation", endpoint));
        }
        Parameter parameter = new Parameter(endpoint, json);
        CatalogueModel model = downloaded(parameter.text("modelKey"));
        LoadConfig config = LoadConfig.of(parameter, type);
        Long ttlMs = parameter.positiveOrNull("ttlMs");
        LoadRequest request = LoadRequest.of(parameter.text("modelKey"))
                .withIdentifier(parameter.textOrNull("identifier"))
                .withTtl(ttlMs == null ? null : Duration.ofMillis(ttlMs))
                .withContextLength(config.contextLength())
                .withParallel(config.parallel())
                .withGpu(config.gpu());
        return LoadChannel.begin(machine, model, request, channel);
    }

    private ArrayNode listLoaded() {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        machine.loaded().stream()
                .filter(instance -> instance.model().type() == type)
                .map(ModelRows::instance)
                .forEach(rows::add);
        return rows;
    }

    private @Nullable JsonNode modelInfo(Parameter parameter) throws RefusedException {
        Optional<Instance> found = find(parameter);
        if (found.isEmpty() && parameter.flag("throwIfNotFound")) {
            throw new RefusedException(WireError.alreadyUnloaded());
        }
        return found.map(ModelRows::instance).orElse(null);
    }

    private static JsonNode processingState(Instance instance) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("status", instance.status().wireName())
                .put("queued", instance.queued());
    }

    private @Nullable JsonNode unload(Parameter parameter) throws RefusedException {
        String identifier = parameter.text("identifier");
        Optional<Instance> found =
                machine.find(identifier).filter(instance -> instance.model().type() == type);
        if (found.isEmpty()) {
            throw new RefusedException(WireError.identifierNotFound(
                    identifier,
                    machine.loaded().stream().map(Instance::identifier).toList()));
        }
        machine.unload(identifier);
        return null;
    }

    private JsonNode estimate(Parameter parameter) throws RefusedException {
        CatalogueModel model = downloaded(parameter.text("modelKey"));
        LoadConfig config = LoadConfig.of(parameter, type);
        Integer contextLength = config.contextLength();
        long total = machine.memoryNeeded(model, contextLength);
        long vram = machine.gpuMemoryNeeded(model, contextLength, config.gpu());
        long weights = model.sizeBytes();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("memory")
                .put("confidence", "high")
                .put("modelVramBytes", Math.round((double) vram * weights / total))
                .put("contextVramBytes", vram - Math.round((double) vram * weights / total))
                .put("totalVramBytes", vram)
                .put("modelBytes", weights)
                .put("contextBytes", total - weights)
                .put("totalBytes", total);
        return json.put("passesGuardrails", machine.fits(model, contextLength));
    }

    private CatalogueModel downloaded(String modelKey) throws RefusedException {
        Optional<CatalogueModel> found = machine.catalogue().byKeyOrVariant(modelKey);
        if (found.isEmpty()) {
            throw new RefusedException(
                    WireError.pathNotFound(modelKey, machine.catalogue().models()));
        }
        if (found.get().type() != type) {
            throw new RefusedException(WireError.wrongDomain(found.get(), type.wireName()));
        }
        return found.get();
    }

    private Instance specified(Parameter parameter) throws RefusedException {
        return find(parameter).orElseThrow(() -> new RefusedException(WireError.alreadyUnloaded()));
    }

    private Optional<Instance> find(Parameter parameter) throws RefusedException {
        JsonNode specifier = parameter.part("specifier");
        String by = specifier.path("type").asText();
        JsonNode query = specifier.path("query");
        return switch (by) {
            case "instanceReference" ->
                machine.byReference(specifier.path("instanceReference").asText())
                        .filter(instance -> instance.model().type() == type);
            case "query" -> first(query.path("identifier"), query.path("path"));
            default -> throw parameter.wrong("specifier.type", "must be instanceReference or query");
        };
    }

    private Optional<Instance> first(JsonNode name, JsonNode path) {
        return machine.loaded().stream()
                .filter(instance -> instance.model().type() == type)
                .filter(instance -> agrees(name, instance.identifier()))
                .filter(instance -> agrees(path, instance.model().path()))
                .findFirst();
    }

    private static boolean agrees(JsonNode wanted, String value) {
        return wanted.isMissingNode() || value.equals(wanted.textValue());
    }
}
