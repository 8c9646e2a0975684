package dev.lmbridge.sim.cli;

import java.util.List;

/** One command of {@code lms}. */
interface CliCommand {
    /** The words that call it, such as {@code load} or {@code server status}. */
    String name();

    List<Option> options();

    /** How many arguments it takes that are not options. */
    int mostNames();

    /** Whether it needs LM Studio to be running. */
    boolean connects();

    /** Does it; the session ends with an exit code, now or later. */
    void run(Arguments arguments, CliSession session);
}
