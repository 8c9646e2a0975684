package dev.lmbridge.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Stands in the help only: the simulated LM Studio is a program of its own, and the launcher starts it. */
@Command(name = "sim", description = "Run only the simulated LM Studio (--port N).")
final class SimCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws CommandFailure {
        String rest = arguments.isEmpty() ? "" : " " + String.join(" ", arguments);
        throw new CommandFailure(
                ExitCode.USAGE,
                "The simulated LM Studio is a program of its own. The launcher starts it: bin/lm-bridge sim" + rest);
    }
}
