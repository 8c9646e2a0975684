package dev.lmbridge.sim.machine;

/** Hears how a load goes. It is never called inside {@link SimMachine#load}, and not after a cancel. */
public interface LoadListener {
    /** The model is known, the memory is there, and the load has begun. */
    default void resolved(CatalogueModel model) {}

    /** This much of the model, 0 to 1, is in memory. */
    default void progress(double fraction) {}

    /** The load reports success. With a fault on, the instance may be missing from {@link SimMachine#loaded} all the same. */
    void loaded(Instance instance);

    void failed(Refusal refusal);
}
