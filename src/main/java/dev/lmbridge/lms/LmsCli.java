package dev.lmbridge.lms;

import java.time.Duration;

/** The command line of one LM Studio host. */
public interface LmsCli {
    /**
     * Starts one call and returns as soon as its process exists, or could not be made: both are told by the call's outcome.
     *
     * @param deadline how long the process may live, from now; positive. {@code lms} itself has no time-out at all
     * @param progress hears the percentage of a load
     */
    LmsCall start(LmsCommand command, Duration deadline, LmsProgress progress);
}
