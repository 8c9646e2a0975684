package dev.lmbridge.store;

import org.jspecify.annotations.Nullable;

/**
 * A model that is to be in memory for good, by somebody's order.
 *
 * @param host the name of the host
 * @param model its catalogue key
 * @param contextLength the least context in tokens, null for what its profile says
 */
public record StoredPin(String host, String model, @Nullable Integer contextLength) {}
