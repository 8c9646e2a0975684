package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import org.jspecify.annotations.Nullable;

/**
 * Makes those faults of {@code lms} act on the genuine one that LM Studio can bring about by how it answers. A call does not say which
 * command sent it; the endpoint tells: {@code listLoaded} and {@code getInstanceProcessingState} stand for {@code ps} (although
 * {@code ls} and {@code unload} read the first one, too), {@code listDownloadedModels} for {@code ls} (although {@code load} reads it).
 */
final class FaultyEndpoints implements Endpoints {
    private final FaultBook faults;
    private final Endpoints sound;

    FaultyEndpoints(FaultBook faults, Endpoints sound) {
        this.faults = faults;
        this.sound = sound;
    }

    @Override
    public @Nullable JsonNode call(String endpoint, JsonNode parameter) throws RefusedException {
        return switch (endpoint) {
            case "listLoaded" -> hangs("ps") ? UNANSWERED : sound.call(endpoint, parameter);
            case "listDownloadedModels" -> hangs("ls") ? UNANSWERED : sound.call(endpoint, parameter);
            case "getInstanceProcessingState" -> state(parameter);
            case "unloadModel" -> unload(parameter);
            default -> sound.call(endpoint, parameter);
        };
    }

    @Override
    public OpenChannel open(String endpoint, JsonNode parameter, ChannelOutlet channel) throws RefusedException {
        return endpoint.equals("loadModel") && hangs("load") ? new Deaf() : sound.open(endpoint, parameter, channel);
    }

    /** The last thing that {@code ps} asks of every instance, and only {@code ps}. */
    private @Nullable JsonNode state(JsonNode parameter) throws RefusedException {
        if (faults.take(FaultKind.LMS_ROW_VANISHES, "ps").isPresent()) {
            throw new RefusedException(WireError.of("This model has already been unloaded"));
        }
        JsonNode state = sound.call("getInstanceProcessingState", parameter);
        if (state instanceof ObjectNode known
                && faults.take(FaultKind.LMS_SCHEMA_SKEW, "ps").isPresent()) {
            known.put("status", "loading");
        }
        return state;
    }

    private @Nullable JsonNode unload(JsonNode parameter) throws RefusedException {
        if (hangs("unload")) {
            return UNANSWERED;
        }
        return faults.take(FaultKind.LMS_IDLE, "unload").isPresent() ? null : sound.call("unloadModel", parameter);
    }

    private boolean hangs(String command) {
        return faults.take(FaultKind.LMS_HANGS, command).isPresent();
    }

    /** A channel that nobody serves. */
    private static final class Deaf implements OpenChannel {
        @Override
        public void received(JsonNode message) {}

        @Override
        public void abandoned() {}
    }
}
