package dev.lmbridge.sim.machine;

/** The two kinds of model that {@code lms} lists. */
public enum ModelType {
    LLM("llm"),
    EMBEDDING("embedding");

    private final String wireName;

    ModelType(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
