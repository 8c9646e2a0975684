package dev.lmbridge.lms;

import java.time.Duration;
import java.util.UUID;

/** The command line of one LM Studio host. */
public interface LmsCli {
    /**
     * Starts one call and returns as soon as its process exists, or could not be made: both are told by the call's outcome.
     *
     * @param deadline how long the process may live, from now; positive. {@code lms} itself has no time-out at all
     * @param progress hears the percentage of a load
     * @param mark unique to this call: all of its processes carry it, so that a later run of the bridge can tell them
     */
    LmsCall start(LmsCommand command, Duration deadline, LmsProgress progress, String mark);

    /** As the other one, with a mark that nobody knows. */
    default LmsCall start(LmsCommand command, Duration deadline, LmsProgress progress) {
        return start(command, deadline, progress, UUID.randomUUID().toString());
    }
}
