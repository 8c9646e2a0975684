package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.List;
import java.util.Optional;

/** {@code lms server stop}: answers in the middle are cut off; what is loaded stays. */
final class ServerStopCommand implements CliCommand {
    private final SimMachine machine;
    private final Reach reach;

    ServerStopCommand(SimMachine machine, Reach reach) {
        this.machine = machine;
        this.reach = reach;
    }

    @Override
    public String name() {
        return "server stop";
    }

    @Override
    public List<Option> options() {
        return List.of();
    }

    @Override
    public int mostNames() {
        return 0;
    }

    @Override
    public boolean connects() {
        return false;
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        Optional<Power.Http> last = machine.power().lastHttp();
        if (last.isEmpty()
                || !reach.answers(last.get().networkInterface(), last.get().port())) {
            session.error("The server is not running.");
            session.exit(1);
            return;
        }
        int port = last.get().port();
        reach.find(name(), session, () -> {
            machine.power().stopHttp();
            session.info("Stopped the server on port " + port + ".");
            session.exit(0);
        });
    }
}
