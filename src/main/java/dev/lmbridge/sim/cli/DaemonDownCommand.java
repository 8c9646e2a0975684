package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.SimMachine;
import java.util.List;

/** {@code lms daemon down}: LM Studio ends; the simulation stays, and so does its control endpoint. */
final class DaemonDownCommand implements CliCommand {
    private final SimMachine machine;
    private final Reach reach;

    DaemonDownCommand(SimMachine machine, Reach reach) {
        this.machine = machine;
        this.reach = reach;
    }

    @Override
    public String name() {
        return "daemon down";
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
        if (!reach.isThere(name())) {
            session.info("Daemon is not running.");
            session.exit(1);
            return;
        }
        session.info("Shutting down llmster...");
        machine.power().down();
        session.info("Done.");
        session.exit(0);
    }
}
