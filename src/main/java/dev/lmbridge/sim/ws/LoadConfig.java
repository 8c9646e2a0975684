package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.ModelType;
import org.jspecify.annotations.Nullable;

/**
 * The two load settings that the simulated machine follows; the others, such as the share of the GPU, are taken and have no effect. On
 * the wire a configuration is a list of keyed fields, in layers of which the first to name a key counts.
 *
 * @param contextLength tokens, or null for the default
 * @param parallel predictions at a time, or null for the default
 */
record LoadConfig(@Nullable Integer contextLength, @Nullable Integer parallel) {
    private static final String CONTEXT_LENGTH = ".load.contextLength";
    private static final String PARALLEL = "llm.load.numParallelSessions";

    static LoadConfig of(Parameter parameter, ModelType type) throws RefusedException {
        JsonNode layers = parameter.part("loadConfigStack").path("layers");
        if (!layers.isArray()) {
            throw parameter.wrong("loadConfigStack", "must have a list of layers");
        }
        return new LoadConfig(
                number(parameter, layers, type.wireName() + CONTEXT_LENGTH), number(parameter, layers, PARALLEL));
    }

    /** How an instance was loaded. */
    static ObjectNode describe(Instance instance) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode fields = json.putArray("fields");
        ModelType type = instance.model().type();
        fields.addObject().put("key", type.wireName() + CONTEXT_LENGTH).put("value", instance.contextLength());
        if (type == ModelType.LLM) {
            fields.addObject().put("key", PARALLEL).put("value", instance.parallel());
        }
        return json;
    }

    private static @Nullable Integer number(Parameter parameter, JsonNode layers, String key) throws RefusedException {
        for (JsonNode layer : layers) {
            for (JsonNode field : layer.path("config").path("fields")) {
                if (key.equals(field.path("key").textValue())) {
                    JsonNode value = field.path("value");
                    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
                        throw parameter.wrong(key, "must be a whole number from 1 on");
                    }
                    return value.intValue();
                }
            }
        }
        return null;
    }
}
