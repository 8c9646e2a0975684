package dev.lmbridge.cli;

/** What a command ends with. */
final class ExitCode {
    static final int OK = 0;

    /** What was asked for did not happen. */
    static final int FAILED = 1;

    /** The command line itself was wrong. */
    static final int USAGE = 2;

    /** There is no service to ask. */
    static final int NOT_RUNNING = 3;

    private ExitCode() {}
}
