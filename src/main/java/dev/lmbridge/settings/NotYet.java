package dev.lmbridge.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Settings that are accepted and checked although this version does nothing with them. */
final class NotYet {
    /** A key, or with a dot at the end everything below it. The comments in the shipped file say the same. */
    static final List<String> KEYS = List.of("models.foreign", "agents.", "mcp.", "auth.metrics", "cluster.");

    private static final List<String> IN_PROFILES = List.of("pinned", "preload");

    private NotYet() {}

    static boolean covers(String key) {
        return KEYS.stream().anyMatch(each -> each.endsWith(".") ? key.startsWith(each) : key.equals(each));
    }

    /** Which of them somebody gave another value than the default. */
    static List<String> among(Layers layers) {
        List<String> found =
                new ArrayList<>(layers.changed().stream().filter(NotYet::covers).toList());
        if (layers.chosen("models.profiles") instanceof ConfigNode.Mapping profiles) {
            for (Map.Entry<String, ConfigNode> each : profiles.entries().entrySet()) {
                if (each.getValue() instanceof ConfigNode.Mapping profile) {
                    IN_PROFILES.stream()
                            .filter(profile.entries()::containsKey)
                            .forEach(name -> found.add("models.profiles." + each.getKey() + "." + name));
                }
            }
        }
        return List.copyOf(found);
    }
}
