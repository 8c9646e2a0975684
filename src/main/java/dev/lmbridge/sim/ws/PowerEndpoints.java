package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import org.jspecify.annotations.Nullable;

/** The part of namespace {@code system} that is about LM Studio itself and its HTTP server. */
final class PowerEndpoints {
    private static final int BUILD = 1;
    private static final int LAST_PORT = 65_535;

    private final SimMachine machine;

    PowerEndpoints(SimMachine machine) {
        this.machine = machine;
    }

    @Nullable
    JsonNode call(String endpoint, Parameter parameter) throws RefusedException {
        return switch (endpoint) {
            case "info" ->
                JsonNodeFactory.instance
                        .objectNode()
                        .put("pid", ProcessHandle.current().pid())
                        .put("isDaemon", true)
                        .put("version", Power.VERSION);
            case "version" ->
                JsonNodeFactory.instance
                        .objectNode()
                        .put("version", Power.VERSION)
                        .put("build", BUILD);
            case "startHttpServer" -> startHttp(parameter);
            case "stopHttpServer" -> afterwards(() -> machine.power().stopHttp());
            case "requestShutdown" -> afterwards(() -> machine.power().down());
            default -> throw new RefusedException(WireError.unknownEndpoint("an RPC call", endpoint));
        };
    }

    private @Nullable JsonNode startHttp(Parameter parameter) throws RefusedException {
        Long asked = parameter.positiveOrNull("port");
        if (asked != null && asked > LAST_PORT) {
            throw parameter.wrong("port", "must be at most " + LAST_PORT);
        }
        int last = machine.power().lastHttp().map(Power.Http::port).orElse(Power.USUAL_PORT);
        String address = parameter.textOrNull("networkInterface");
        machine.power()
                .startHttp(new Power.Http(
                        asked == null ? last : asked.intValue(),
                        address == null ? "127.0.0.1" : address,
                        parameter.flag("cors")));
        return null;
    }

    /** The answer must be on its way before its connection is cut. */
    private @Nullable JsonNode afterwards(Runnable action) {
        machine.agenda().soon(action);
        return null;
    }
}
