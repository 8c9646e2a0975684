package dev.lmbridge.catalog;

import java.util.List;

/** One look at a host: what it has on disk and what it has in memory, read in one call so that both agree. */
public record Observation(Catalog catalog, List<LoadedModel> loaded) {
    public Observation {
        loaded = List.copyOf(loaded);
    }
}
