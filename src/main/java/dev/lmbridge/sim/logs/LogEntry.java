package dev.lmbridge.sim.logs;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One entry of the log, of the kinds and with the fields that {@code lms log stream --json} shows (lmstudio-js, {@code DiagnosticsLogEvent.ts}). */
public sealed interface LogEntry {
    /** {@code llm.prediction.input}: what a model is given to read. */
    record Input(String input, String modelPath, String modelIdentifier) implements LogEntry {}

    /** {@code llm.prediction.output}: what it answered. */
    record Output(String output, Stats stats, String modelIdentifier) implements LogEntry {}

    /** {@code server.log}: a line of the HTTP server. */
    record ServerLine(String content, Level level) implements LogEntry {}

    /** {@code runtime.log}: a line of the engine; identifier and reference are those of an instance, or null. */
    record EngineLine(
            Level level,
            String message,
            @Nullable String modelIdentifier,
            @Nullable String instanceReference) implements LogEntry {}

    /**
     * Statistics of one prediction.
     *
     * @param stopReason in LM Studio's words, such as {@code eosFound}
     */
    record Stats(
            String stopReason,
            double tokensPerSecond,
            double timeToFirstTokenSec,
            double totalTimeSec,
            int promptTokensCount,
            int predictedTokensCount) {}

    /** The levels of LM Studio. */
    enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR;

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
