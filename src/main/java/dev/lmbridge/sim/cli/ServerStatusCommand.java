package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.List;
import java.util.Optional;

/** {@code lms server status}: exit code 0 whatever it says; it looks at the port where the server was last, and never at the daemon. */
final class ServerStatusCommand implements CliCommand {
    private final SimMachine machine;
    private final Reach reach;

    ServerStatusCommand(SimMachine machine, Reach reach) {
        this.machine = machine;
        this.reach = reach;
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
        Optional<Power.Http> last = machine.power().lastHttp();
        boolean running = last.isPresent()
                && reach.answers(last.get().networkInterface(), last.get().port());
        if (arguments.has("json")) {
            String port = last.map(http -> ",\"port\":" + http.port()).orElse("");
            session.outLine("{\"running\":" + running + port + "}");
        } else if (running) {
            session.info("The server is running on port " + last.get().port() + ".");
        } else {
            session.info("The server is not running.");
        }
        session.exit(0);
    }
}
