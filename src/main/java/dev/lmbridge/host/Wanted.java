package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A model that is to be in memory although nobody may be asking for it right now.
 *
 * @param ttl what it is loaded with
 * @param contextLength the same in tokens, null for the host's default
 * @param always true: whenever it is missing; false: once after each start of LM Studio
 */
public record Wanted(ModelKey key, Duration ttl, @Nullable Integer contextLength, boolean always) {}
