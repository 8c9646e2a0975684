package dev.lmbridge.cli;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;

/**
 * What a command sees of the world around it.
 *
 * @param variables the environment variables
 * @param terminal whether a person looks at the output, so that colour makes sense
 */
public record Environment(
        Map<String, String> variables, PrintStream out, PrintStream err, boolean terminal, InstantSource clock) {
    public Environment {
        variables = Map.copyOf(variables);
    }

    /** What can be wrong is said here, one line each. */
    void warn(String message) {
        err.println("warning: " + HumanText.oneLine(message));
    }
}
