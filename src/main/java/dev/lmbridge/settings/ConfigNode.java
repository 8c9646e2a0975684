package dev.lmbridge.settings;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of configuration as it was written, with the place it was written at. */
sealed interface ConfigNode {
    /** For people: {@code conf.yaml:12}, the name of a variable, or {@code command line}. */
    String origin();

    /** Whether both say the same, wherever they say it. */
    boolean says(ConfigNode other);

    /**
     * One value, as text whatever it looked like.
     *
     * @param text absent for an explicit or implied {@code null}
     */
    record Scalar(@Nullable String text, String origin) implements ConfigNode {
        @Override
        public boolean says(ConfigNode other) {
            return other instanceof Scalar scalar && (text == null ? scalar.text == null : text.equals(scalar.text));
        }
    }

    record Sequence(List<ConfigNode> items, String origin) implements ConfigNode {
        @Override
        public boolean says(ConfigNode other) {
            if (!(other instanceof Sequence sequence) || sequence.items.size() != items.size()) {
                return false;
            }
            for (int i = 0; i < items.size(); i++) {
                if (!items.get(i).says(sequence.items.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    record Mapping(Map<String, ConfigNode> entries, String origin) implements ConfigNode {
        @Override
        public boolean says(ConfigNode other) {
            if (!(other instanceof Mapping mapping) || !mapping.entries.keySet().equals(entries.keySet())) {
                return false;
            }
            return entries.entrySet().stream().allMatch(entry -> {
                ConfigNode there = mapping.entries.get(entry.getKey());
                return there != null && entry.getValue().says(there);
            });
        }
    }
}
