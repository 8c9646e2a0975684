package dev.lmbridge.sim.standin;

/**
 * What goes over the connection between the process of a call and the simulation. Each frame is one byte for its kind, four for the
 * length of its body, and the body.
 */
public final class Frame {
    /** To the simulation, first: the secret, the home folder, then the arguments, each with a four-byte length before it. */
    public static final byte CALL = 'C';

    /** To the simulation: the process got SIGINT. */
    public static final byte INTERRUPTED = 'I';

    /** To the simulation: the process got SIGTERM; only of commands that do something then. */
    public static final byte TERMINATED = 'T';

    /** To the simulation: standard input is at its end. */
    public static final byte STDIN_ENDED = 'E';

    /** To the simulation: the process id, as text, of the other process that was asked for. */
    public static final byte GRANDCHILD = 'G';

    /** To the process: bytes for standard output. */
    public static final byte OUT = '1';

    /** To the process: bytes for standard error. */
    public static final byte ERR = '2';

    /** To the process: end with the exit code in the body, as text. */
    public static final byte EXIT = 'X';

    /** To the process: read standard input to its end, then say so. */
    public static final byte READ_STDIN = 'R';

    /** To the process: start another process that holds the streams. */
    public static final byte SPAWN = 'S';

    private Frame() {}
}
