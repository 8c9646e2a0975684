package dev.lmbridge.lms;

import java.time.Duration;

/**
 * What one call left behind.
 *
 * @param exitCode the exit code; 128 + n after signal n; -1 if there is none. When not started, as shells have it: 127 for a
 *     program that is not there, 126 for one that cannot be executed, -1 for any other reason
 * @param stdout the first 4 MiB at most; for a load without the frames of its spinner
 * @param stderr the last 64 KiB at most; when not started, why
 * @param truncated whether stdout was longer than what is kept
 * @param took from the start of the process until the end of its tree was seen
 */
public record LmsOutcome(Ending ending, int exitCode, String stdout, String stderr, boolean truncated, Duration took) {
    /** Why the call is over. */
    public enum Ending {
        /** The process ended by itself, or by the hand of somebody else. */
        EXITED,
        /** Its deadline struck. */
        TIMED_OUT,
        /** {@link LmsCall#cancel()} was called. */
        CANCELLED,
        /** There never was a process. */
        NOT_STARTED
    }

    /** Exited with code 0. For a load or an unload that is a claim to be verified, not a fact. */
    public boolean succeeded() {
        return ending == Ending.EXITED && exitCode == 0;
    }
}
