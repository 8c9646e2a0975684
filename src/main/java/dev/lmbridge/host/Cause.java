package dev.lmbridge.host;

/** Why an operation is begun: the rule behind each load and each unload. */
public enum Cause {
    /** Somebody asked for it. */
    ASKED("asked"),
    /** The model was not used for as long as anybody wanted it kept. */
    IDLE("idle"),
    /** Another model needs the memory. */
    MEMORY("memory"),
    /** The host holds the same model more than once. */
    DUPLICATE("duplicate"),
    /** The model is pinned, leased or preloaded, and it is not there. */
    WANTED("wanted");

    private final String text;

    Cause(String text) {
        this.text = text;
    }

    /** The stable word for it in events, logs and metrics. */
    public String text() {
        return text;
    }
}
