package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Power;
import java.util.List;

/** {@code lms daemon up}: starts LM Studio if need be. */
final class DaemonUpCommand implements CliCommand {
    private final Reach reach;

    DaemonUpCommand(Reach reach) {
        this.reach = reach;
    }

    @Override
    public String name() {
        return "daemon up";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.flag("--json"));
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
        boolean before = reach.isUp();
        long pid = ProcessHandle.current().pid();
        reach.find(name(), session, () -> {
            if (arguments.has("json")) {
                session.outLine("{\"status\":\"running\",\"pid\":" + pid + ",\"isDaemon\":true,\"version\":\""
                        + Power.VERSION + "\"}");
            } else if (before) {
                session.outLine("The daemon is already running (PID: " + pid + ").");
            } else {
                session.outLine("llmster started (PID: " + pid + ").");
            }
            session.exit(0);
        });
    }
}
