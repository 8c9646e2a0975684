package dev.lmbridge.events;

/** What can be followed. */
public final class Topics {
    /** Models, their instances, leases on them and downloads. */
    public static final String MODELS = "models";

    /** What changes the order of loads and unloads. */
    public static final String QUEUE = "queue";

    public static final String BREAKERS = "breakers";
    public static final String HOSTS = "hosts";

    /** Every run; one of them alone is {@link #run}. */
    public static final String RUNS = "runs";

    private Topics() {}

    /** The events of one run. */
    public static String run(String id) {
        return RUNS + "/" + id;
    }
}
