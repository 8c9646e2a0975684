package dev.lmbridge.sim.machine;

/** What {@code lms ps --json} says in {@code status}; there are no other values. */
public enum InstanceStatus {
    IDLE("idle"),
    PROCESSING_PROMPT("processingPrompt"),
    GENERATING("generating"),
    COMPUTING_EMBEDDING("computingEmbedding");

    private final String wireName;

    InstanceStatus(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
