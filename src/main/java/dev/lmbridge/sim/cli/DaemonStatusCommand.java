package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Power;
import java.util.List;

/** {@code lms daemon status}: never starts anything, and its exit code is 0 whatever it says. */
final class DaemonStatusCommand implements CliCommand {
    private final Reach reach;

    DaemonStatusCommand(Reach reach) {
        this.reach = reach;
    }

    @Override
    public String name() {
        return "daemon status";
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
        boolean json = arguments.has("json");
        long pid = ProcessHandle.current().pid();
        if (reach.isThere(name())) {
            session.outLine(
                    json
                            ? "{\"status\":\"running\",\"pid\":" + pid + ",\"isDaemon\":true}"
                            : "llmster v" + Power.VERSION + " is running (PID: " + pid + ")");
        } else {
            session.outLine(json ? "{\"status\":\"not-running\"}" : "LM Studio is not running");
        }
        session.exit(0);
    }
}
