package dev.lmbridge.settings;

import java.util.List;

/** Settings that are accepted and checked although this version does nothing with them. */
final class NotYet {
    /** A key, or with a dot at the end everything below it. The comments in the shipped file say the same. */
    static final List<String> KEYS = List.of("agents.", "mcp.", "auth.metrics", "cluster.");

    private NotYet() {}

    static boolean covers(String key) {
        return KEYS.stream().anyMatch(each -> each.endsWith(".") ? key.startsWith(each) : key.equals(each));
    }

    /** Which of them somebody gave another value than the default. */
    static List<String> among(Layers layers) {
        return layers.changed().stream().filter(NotYet::covers).toList();
    }
}
