package dev.lmbridge.sim.cli;

import java.util.List;

/** {@code lms daemon status}: never starts anything. */
final class DaemonStatusCommand implements CliCommand {
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
        long pid = ProcessHandle.current().pid();
        session.outLine(
                arguments.has("json")
                        ? "{\"status\":\"running\",\"pid\":" + pid + ",\"isDaemon\":true}"
                        : "llmster v0.4.12 is running (PID: " + pid + ")");
        session.exit(0);
    }
}
