package dev.lmbridge.sim.machine;

import org.jspecify.annotations.Nullable;

/** Remembers what an inference said. */
final class WorkRecord implements WorkListener {
    int tokens;
    boolean started;
    boolean ended;

    @Nullable
    Refusal refusal;

    @Override
    public void started(Instance instance, Script script) {
        started = true;
    }

    @Override
    public void token(Token token) {
        tokens++;
    }

    @Override
    public void ended(Instance instance, Script script) {
        ended = true;
    }

    @Override
    public void failed(Refusal why) {
        refusal = why;
    }
}
