package dev.lmbridge.lms;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** One running call of {@code lms}. */
public interface LmsCall {
    /** The id of the process, or 0 if it was never started. */
    long pid();

    /** How it ended. Always completes, never exceptionally, and at most 10 seconds after the deadline or a cancel. */
    CompletionStage<LmsOutcome> outcome();

    /** Sets the deadline anew, counted from now: for a load whose percentage grows. Too late once the deadline has struck. */
    void postpone(Duration fromNow);

    /** Interrupts the process tree, ends it if that does not help; the outcome says {@code CANCELLED} unless it had ended. */
    void cancel();
}
