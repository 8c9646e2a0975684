package dev.lmbridge.store;

/** Opens the store that is configured; blocks. */
@FunctionalInterface
public interface StoreOpener {
    Store open() throws StoreException;
}
