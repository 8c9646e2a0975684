package dev.lmbridge.sim.machine;

/** Hears how an inference goes. It is never called inside {@link SimMachine#work}, and not after a cancel. */
public interface WorkListener {
    /** The model had to be loaded first, and this much of it is there (0 to 1). */
    default void loading(double fraction) {}

    /** A slot is free and the prompt is being processed. */
    default void started(Instance instance, Script script) {}

    /** This much of the prompt (0 to 1) is processed. */
    default void reading(double fraction) {}

    default void token(Token token) {}

    /** All tokens were given. */
    void ended(Instance instance, Script script);

    void failed(Refusal refusal);
}
