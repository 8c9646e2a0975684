package dev.lmbridge.host;

import java.time.Instant;

/**
 * A load whose process was ended by force: the host may go on with it. Until its instance appears, or this time is over, the model is
 * not loaded again.
 *
 * @param identifier the name that its instance would have
 */
public record Doubt(String identifier, Instant until) {}
