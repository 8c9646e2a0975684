package dev.lmbridge.sim.cli;

/** The process that a call of {@code lms} runs in, as the face needs it. Its calls must not block. */
public interface CliWire {
    void out(String text);

    void err(String text);

    /** Whether the process takes what it is sent; text that can be lost is then lost. */
    default boolean hasRoom() {
        return true;
    }

    /** HOME as the process has it; empty if it has none. */
    default String home() {
        return "";
    }

    /** Ends the process. Nothing is written afterwards. */
    void exit(int code);

    /** Makes the process read its standard input; {@link CliSession#stdinEnded} tells when it is at its end. */
    void readStdin();

    /** Makes the process start another one, which inherits its streams and outlives it. */
    void spawnGrandchild();
}
