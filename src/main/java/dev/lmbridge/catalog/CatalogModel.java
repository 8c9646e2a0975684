package dev.lmbridge.catalog;

import java.util.List;

/**
 * A model that a host has on disk.
 *
 * @param key the name that loads it
 * @param kind what it can be asked for
 * @param displayName the name for people
 * @param publisher who made it, empty if the host does not say
 * @param sizeBytes size on disk, 0 if the host does not say
 * @param maxContextLength in tokens, 0 if the host does not say
 * @param variants further names of the same model, such as {@code key@q4_k_m}
 */
public record CatalogModel(
        ModelKey key,
        Kind kind,
        String displayName,
        String publisher,
        long sizeBytes,
        int maxContextLength,
        List<String> variants) {

    /** What a model is for. */
    public enum Kind {
        LLM,
        EMBEDDING
    }

    public CatalogModel {
        variants = List.copyOf(variants);
    }
}
