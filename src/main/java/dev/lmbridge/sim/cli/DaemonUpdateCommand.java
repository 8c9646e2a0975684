package dev.lmbridge.sim.cli;

import java.nio.file.Path;
import java.util.List;

/** {@code lms daemon update}: there is no installation that it could update. */
final class DaemonUpdateCommand implements CliCommand {
    @Override
    public String name() {
        return "daemon update";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.flag("--beta"), Option.text("--channel <name>"));
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
        Path file = Path.of(session.home(), ".lmstudio", ".internal", "llmster-install-location.json");
        session.error("Cannot find install location file at " + file + ".");
        session.exit(1);
    }
}
