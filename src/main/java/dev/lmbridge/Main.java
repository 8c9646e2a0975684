package dev.lmbridge;

import dev.lmbridge.cli.CommandLineInterface;
import dev.lmbridge.cli.Environment;
import java.io.Console;
import java.time.InstantSource;

/** Starts the program. Nothing else reads the environment. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {

        boolean terminal = isTerminal();
        Environment environment =
                new Environment(System.getenv(), System.out, System.err, terminal, InstantSource.system(), System.in);
        System.exit(CommandLineInterface.run(args, environment, new Serving()));
    }

    /** JDK 25 gives no console at all where input or output is not a terminal; JDK 22 to 24 gave one that says so. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
