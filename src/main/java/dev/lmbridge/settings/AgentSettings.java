package dev.lmbridge.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a run.
 *
 * @param maxTokens absent means that the model's context decides
 * @param resultLimitBytes most of one tool result that the model is shown
 * @param roots further folders that tools may work in
 */
public record AgentSettings(
        int maxRounds,
        Duration wallTime,
        @Nullable Integer maxTokens,
        Duration toolTimeout,
        long resultLimitBytes,
        List<Path> roots) {}
