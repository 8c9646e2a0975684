package dev.lmbridge.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The tool servers.
 *
 * @param config list of tool servers; absent means that the usual places are looked through
 * @param readOnly whether only tools that change nothing are offered
 */
public record McpSettings(@Nullable Path config, boolean readOnly) {}
