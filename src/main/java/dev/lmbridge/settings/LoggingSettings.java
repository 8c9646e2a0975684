package dev.lmbridge.settings;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How and where is logged.
 *
 * @param dir where log files go
 * @param maxFileBytes size at which a new file is begun
 * @param keep age at which a file is deleted
 */
public record LoggingSettings(Format format, Path dir, long maxFileBytes, Duration keep) {
    /** {@code AUTO}: coloured text on a terminal, JSON elsewhere and in files. */
    public enum Format {
        AUTO,
        TEXT,
        JSON
    }
}
