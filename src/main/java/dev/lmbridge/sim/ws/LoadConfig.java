package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.ModelType;
import org.jspecify.annotations.Nullable;

/**
 * The load settings that the simulated machine follows; the others, such as those of speculative decoding, are taken and have no
 * effect. On the wire a configuration is a list of keyed fields, in layers of which the first to name a key counts.
 *
 * @param contextLength tokens, or null for the default
 * @param parallel predictions at a time, or null for the default
 * @param gpu share of the GPU, 0 to 1, or null for the default
 */
record LoadConfig(
        @Nullable Integer contextLength,
        @Nullable Integer parallel,
        @Nullable Double gpu) {
    private static final String CONTEXT_LENGTH = ".load.contextLength";
    /** Of a language model; that of an embedding model differs in its first word. */
    private static final String OFFLOAD = ".load.llama.acceleration.offloadRatio";

    private static final String PARALLEL = "llm.load.numParallelSessions";

    static LoadConfig of(Parameter parameter, ModelType type) throws RefusedException {
        JsonNode layers = parameter.part("loadConfigStack").path("layers");
        if (!layers.isArray()) {
            throw parameter.wrong("loadConfigStack", "must have a list of layers");
        }
        return new LoadConfig(
                number(parameter, layers, type.wireName() + CONTEXT_LENGTH),
                number(parameter, layers, PARALLEL),
                ratio(parameter, layers, type.wireName() + OFFLOAD));
    }

    /** How an instance was loaded. */
    static ObjectNode describe(Instance instance) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode fields = json.putArray("fields");
        ModelType type = instance.model().type();
        fields.addObject().put("key", type.wireName() + CONTEXT_LENGTH).put("value", instance.contextLength());
        Double gpu = instance.gpu();
        if (gpu != null) {
            fields.addObject().put("key", type.wireName() + OFFLOAD).put("value", gpu);
        }
        if (type == ModelType.LLM) {
            fields.addObject().put("key", PARALLEL).put("value", instance.parallel());
        }
        return json;
    }

    private static @Nullable Integer number(Parameter parameter, JsonNode layers, String key) throws RefusedException {
        JsonNode value = value(layers, key);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw parameter.wrong(key, "must be a whole number from 1 on");
        }
        return value.intValue();
    }

    private static @Nullable Double ratio(Parameter parameter, JsonNode layers, String key) throws RefusedException {
        JsonNode value = value(layers, key);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > 1) {
            throw parameter.wrong(key, "must be a number from 0 to 1");
        }
        return value.doubleValue();
    }

    private static @Nullable JsonNode value(JsonNode layers, String key) {
        for (JsonNode layer : layers) {
            for (JsonNode field : layer.path("config").path("fields")) {
                if (key.equals(field.path("key").textValue())) {
                    return field.path("value");
                }
            }
        }
        return null;
    }
}
