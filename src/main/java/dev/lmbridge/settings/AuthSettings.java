package dev.lmbridge.settings;

/** Who may call. */
public record AuthSettings(Mode mode, Mode metrics) {
    /** {@code AUTO} is open on loopback; elsewhere keys are required. */
    public enum Mode {
        AUTO,
        OPEN,
        KEYS
    }
}
