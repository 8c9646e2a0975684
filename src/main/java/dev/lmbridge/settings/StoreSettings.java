package dev.lmbridge.settings;

import org.jspecify.annotations.Nullable;

/**
 * Where the audit is kept.
 *
 * @param url of a PostgreSQL database, secret because it may carry a password; absent means the embedded store
 */
public record StoreSettings(@Nullable Secret url) {}
