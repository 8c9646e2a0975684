package dev.lmbridge.sim.cli;

import java.util.List;

/** One command of {@code lms}. */
interface CliCommand {
    /** The words that call it, such as {@code load} or {@code server status}. */
    String name();

    /** Those that are its own; the ones for logging and for reaching LM Studio come by themselves. */
    default List<Option> options() {
        return List.of();
    }

    /** How many arguments it takes that are not options. */
    default int mostNames() {
        return 0;
    }

    /** Whether it needs LM Studio to be running. */
    default boolean connects() {
        return true;
    }

    /** Does it; the session ends with an exit code, now or later. */
    void run(Arguments arguments, CliSession session);

    /** Says what it would say had it done it, with exit code 0, and changes nothing. A command that only reads says nothing. */
    default void pretend(Arguments arguments, CliSession session) {
        session.exit(0);
    }
}
