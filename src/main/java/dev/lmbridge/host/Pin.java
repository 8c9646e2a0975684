package dev.lmbridge.host;

import org.jspecify.annotations.Nullable;

/**
 * A model that is to be in memory for good.
 *
 * @param contextLength the least context in tokens, null for what its profile says
 * @param ordered whether somebody has ordered it while the bridge ran; otherwise the configuration did
 */
public record Pin(@Nullable Integer contextLength, boolean ordered) {}
