package dev.lmbridge.sim.machine;

/** Hears how a download goes. One of {@link #completed} and {@link #failed} is the last; neither comes after a cancel. */
public interface DownloadListener {
    default void progress(DownloadJob job) {}

    /** All bytes have come; the model is not in the catalogue yet. */
    default void finalizing() {}

    void completed();

    void failed(String reason);
}
