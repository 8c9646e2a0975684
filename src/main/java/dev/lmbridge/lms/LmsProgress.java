package dev.lmbridge.lms;

/** Hears how far a load is. Called on a thread of the call, so it must not block; what it throws is logged and forgotten. */
@FunctionalInterface
public interface LmsProgress {
    /** For calls whose progress nobody follows. */
    LmsProgress UNHEARD = percent -> {};

    /** The percentage, 0 to 100, whenever it changed; an lms before 2026-05-28 prints none. */
    void percent(int percent);

    /** How far a download is, whenever that changed. */
    default void downloaded(LmsDownload reached) {}
}
