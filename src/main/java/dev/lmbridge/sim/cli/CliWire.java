package dev.lmbridge.sim.cli;

/** The process that a call of {@code lms} runs in, as the face needs it. Its calls must not block. */
public interface CliWire {
    void out(String text);

    void err(String text);

    /** Ends the process. Nothing is written afterwards. */
    void exit(int code);

    /** Makes the process read its standard input; {@link CliSession#stdinEnded} tells when it is at its end. */
    void readStdin();

    /** Makes the process start another one, which inherits its streams and outlives it. */
    void spawnGrandchild();
}
