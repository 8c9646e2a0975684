package dev.lmbridge.settings;

/** Whether a simulated LM Studio may stand in for a real one. */
public record SimulatorSettings(Allowed allowed) {
    /** {@code AUTO}: only if no host is configured, none is installed, and the listener is on loopback. */
    public enum Allowed {
        AUTO,
        NEVER,
        ALWAYS
    }
}
