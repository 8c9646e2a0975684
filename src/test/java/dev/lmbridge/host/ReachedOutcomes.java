package dev.lmbridge.host;

/** What schedules must reach, so that they prove anything. */
final class ReachedOutcomes {
    static final String[] ALL = {
        "ready at once",
        "ready after a load",
        "unloaded",
        "unload",
        "forced unload in use",
        "unload of what is gone",
        "admitted",
        "cut off",
        "model_busy",
        "model_not_found",
        "model_load_failed",
        "model_verification_failed",
        "upstream_error",
        "host_unavailable",
        "circuit_open",
        "first try",
        "another try",
        "trial of a model",
        "trial of the host",
        "insufficient_memory",
        "refused for memory",
        "evicted",
        "drained",
        "lms_not_installed",
        "queue_full",
        "queue_timeout",
        "shutting_down"
    };

    private ReachedOutcomes() {}
}
