package dev.lmbridge.sim.cli;

import java.util.List;
import java.util.function.IntSupplier;

/** {@code lms server status}: exit code 0 whatever it says; it never contacts the daemon. */
final class ServerStatusCommand implements CliCommand {
    private final IntSupplier httpPort;

    ServerStatusCommand(IntSupplier httpPort) {
        this.httpPort = httpPort;
    }

    @Override
    public String name() {
        return "server status";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.flag("--json"));
    }

    @Override
    public boolean connects() {
        return false;
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        if (arguments.has("json")) {
            session.outLine("{\"running\":true,\"port\":" + httpPort.getAsInt() + "}");
        } else {
            session.info("The server is running on port " + httpPort.getAsInt() + ".");
        }
        session.exit(0);
    }
}
