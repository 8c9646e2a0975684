package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.rows.ModelRows;
import org.jspecify.annotations.Nullable;

/** Namespaces {@code system}, {@code repository} and {@code diagnostics}, as far as the commands of {@code lms} that are simulated need them. */
final class MachineEndpoints implements Endpoints {
    private final SimMachine machine;
    private final Namespace namespace;
    private final PowerEndpoints power;

    MachineEndpoints(SimMachine machine, Namespace namespace) {
        this.machine = machine;
        this.namespace = namespace;
        this.power = new PowerEndpoints(machine);
    }

    @Override
    public @Nullable JsonNode call(String endpoint, JsonNode json) throws RefusedException {
        String qualified = namespace.word() + "." + endpoint;
        return switch (qualified) {
            case "system.listDownloadedModels" -> listDownloadedModels();
            case "system.listDownloadedModelVariants" -> listVariants(new Parameter(endpoint, json));
            case "repository.lmLinkStatus" -> linkStatus();
            case "system.info",
                    "system.version",
                    "system.startHttpServer",
                    "system.stopHttpServer",
                    "system.requestShutdown" -> power.call(endpoint, new Parameter(endpoint, json));
            default -> throw new RefusedException(WireError.unknownEndpoint("an RPC call", endpoint));
        };
    }

    @Override
    public OpenChannel open(String endpoint, JsonNode parameter, ChannelOutlet channel) throws RefusedException {
        if (namespace == Namespace.DIAGNOSTICS && endpoint.equals("streamLogs")) {
            return LogChannel.begin(machine.logs(), channel);
        }
        throw new RefusedException(WireError.unknownEndpoint("a channel creation", endpoint));
    }

    private ArrayNode listDownloadedModels() {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        machine.catalogue().models().stream().map(ModelRows::model).forEach(rows::add);
        return rows;
    }

    private ArrayNode listVariants(Parameter parameter) throws RefusedException {
        String key = parameter.text("modelKey");
        CatalogueModel model = machine.catalogue()
                .byKey(key)
                .orElseThrow(() -> new RefusedException(
                        WireError.pathNotFound(key, machine.catalogue().models())));
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        model.variants().forEach(variant -> rows.add(ModelRows.variant(model, variant)));
        return rows;
    }

    /** The simulated machine is on no LM Link: it has no peers and every model is its own. */
    private static ObjectNode linkStatus() {
        ObjectNode status = JsonNodeFactory.instance.objectNode().put("status", "offline");
        status.putArray("issues").add("deviceDisabled");
        status.putArray("peers");
        return status.putNull("deviceIdentifier").put("deviceName", "Simulated LM Studio");
    }
}
