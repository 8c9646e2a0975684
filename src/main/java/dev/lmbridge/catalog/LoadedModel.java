package dev.lmbridge.catalog;

import org.jspecify.annotations.Nullable;

/**
 * An instance of a model in a host's memory, as the host reports it.
 *
 * @param identifier the name that requests and unloads use for it
 * @param key the catalogue key it was loaded from
 * @param contextLength in tokens, null if the host does not say
 */
public record LoadedModel(
        String identifier, ModelKey key, @Nullable Integer contextLength) {}
