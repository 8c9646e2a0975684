package dev.lmbridge.sim.cli;

import java.util.List;

/** {@code lms version}: a commit hash. */
final class VersionCommand implements CliCommand {
    @Override
    public String name() {
        return "version";
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
        session.outLine(
                arguments.has("json") ? "{\"version\":\"" + LmsFace.COMMIT + "\"}" : "CLI commit: " + LmsFace.COMMIT);
        session.exit(0);
    }
}
