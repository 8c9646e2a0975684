package dev.lmbridge.lms;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A call that ended before there was a process. */
record UnstartedLms(LmsOutcome ended) implements LmsCall {
    @Override
    public long pid() {
        return 0;
    }

    @Override
    public CompletionStage<LmsOutcome> outcome() {
        return CompletableFuture.completedStage(ended);
    }

    @Override
    public void postpone(Duration fromNow) {}

    @Override
    public void cancel() {}
}
