package dev.lmbridge.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;

/**
 * What a command sees of the world around it.
 *
 * @param variables the environment variables
 * @param terminal whether a person types the input and looks at the output, so that colour makes sense
 * @param in what a person types, or another program says
 */
public record Environment(
        Map<String, String> variables,
        PrintStream out,
        PrintStream err,
        boolean terminal,
        InstantSource clock,
        InputStream in) {
    public Environment {
        variables = Map.copyOf(variables);
    }

    /** One in which nobody types anything. */
    public Environment(
            Map<String, String> variables, PrintStream out, PrintStream err, boolean terminal, InstantSource clock) {
        this(variables, out, err, terminal, clock, InputStream.nullInputStream());
    }

    /** What can be wrong is said here, one line each. */
    void warn(String message) {
        err.println("warning: " + HumanText.oneLine(message));
    }
}
