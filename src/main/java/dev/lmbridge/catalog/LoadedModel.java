package dev.lmbridge.catalog;

import org.jspecify.annotations.Nullable;

/**
 * An instance of a model in a host's memory, as the host reports it.
 *
 * @param identifier the name that requests and unloads use for it
 * @param key the catalogue key it was loaded from
 * @param contextLength in tokens, null if the host does not say
 * @param parallel how many requests it works on at a time, 0 if the host does not say
 */
public record LoadedModel(
        String identifier, ModelKey key, @Nullable Integer contextLength, int parallel) {

    /** One whose host does not say how many requests it works on. */
    public LoadedModel(String identifier, ModelKey key, @Nullable Integer contextLength) {
        this(identifier, key, contextLength, 0);
    }
}
