package dev.lmbridge.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The defaults and what was laid over them. The documented file decides which keys exist: a non-empty mapping there is
 * a section, everything else a setting.
 */
final class Layers {
    private static final String DEFAULTS = "/conf/lm-bridge.yaml";
    private static final String COMMAND_LINE = "command line";

    /** A list or {@code auto}: the one setting whose default does not show that it takes JSON. */
    private static final Set<String> ALSO_STRUCTURED = Set.of("hosts");

    private final Map<String, ConfigNode> defaults = new LinkedHashMap<>();
    private final Set<String> sections = new LinkedHashSet<>();
    private final Map<String, ConfigNode> chosen = new LinkedHashMap<>();
    private final Consumer<Problem> problems;

    Layers(Consumer<Problem> problems) {
        this.problems = problems;
        learn("", shippedDefaults());
    }

    private static ConfigNode shippedDefaults() {
        List<Problem> faults = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(Layers.class.getResourceAsStream(DEFAULTS), DEFAULTS)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            ConfigNode node = ConfigParser.yaml(text, "default", faults::add);
            if (node == null || !faults.isEmpty()) {
                throw new IllegalStateException("The shipped defaults are broken: " + faults);
            }
            return node;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void learn(String path, ConfigNode node) {
        if (node instanceof ConfigNode.Mapping mapping && !mapping.entries().isEmpty()) {
            if (!path.isEmpty()) {
                sections.add(path);
            }
            mapping.entries().forEach((name, value) -> learn(join(path, name), value));
        } else {
            defaults.put(path, node);
        }
    }

    Set<String> keys() {
        return defaults.keySet();
    }

    ConfigNode defaultOf(String key) {
        return Objects.requireNonNull(defaults.get(key), key);
    }

    ConfigNode chosen(String key) {
        ConfigNode node = chosen.get(key);
        return node == null ? defaultOf(key) : node;
    }

    /** The settings that somebody gave a value other than the default. */
    List<String> changed() {
        return chosen.keySet().stream()
                .filter(key -> !chosen(key).says(defaultOf(key)))
                .toList();
    }

    void file(@Nullable ConfigNode root) {
        if (root instanceof ConfigNode.Mapping mapping) {
            mapping.entries().forEach(this::overlay);
        } else if (root != null && !(root instanceof ConfigNode.Scalar scalar && scalar.text() == null)) {
            problems.accept(new Problem("configuration file", root.origin(), null, "It must hold keys and values."));
        }
    }

    /** Only variables with our prefix are looked at; an empty one counts as not set. */
    void environment(Map<String, String> env) {
        Map<String, String> pathOf = new LinkedHashMap<>();
        // Sections first, so that a variable for one key of a section wins over one for the section.
        Stream.concat(sections.stream(), defaults.keySet().stream())
                .forEach(path -> pathOf.put(VariableNames.of(path), path));
        pathOf.forEach((name, path) -> {
            String value = env.getOrDefault(name, "");
            if (!value.isBlank() && !VariableNames.isForeign(name, value)) {
                text(path, value, name);
            }
        });
        env.forEach((name, value) -> {
            if (name.startsWith(VariableNames.PREFIX)
                    && !pathOf.containsKey(name)
                    && !VariableNames.isForeign(name, value)) {
                problems.accept(new Problem(
                        name,
                        "environment",
                        null,
                        "There is no such variable." + Suggestions.didYouMean(name, pathOf.keySet())));
            }
        });
    }

    void flags(Map<String, String> flags) {
        flags.forEach((path, value) -> {
            if (defaults.containsKey(path) || sections.contains(path)) {
                text(path, value, COMMAND_LINE);
            } else {
                unknown(path, COMMAND_LINE);
            }
        });
    }

    /** One value under another name than its own, such as DEFAULT_MODEL. */
    void text(String path, String value, String origin) {
        String stripped = value.strip();
        boolean structured = sections.contains(path)
                || ALSO_STRUCTURED.contains(path)
                || !(defaultOf(path) instanceof ConfigNode.Scalar);
        if (structured && (stripped.startsWith("[") || stripped.startsWith("{"))) {
            ConfigNode node = ConfigParser.json(stripped, path, origin, problems);
            if (node != null) {
                overlay(path, node);
            }
        } else {
            overlay(path, new ConfigNode.Scalar(stripped, origin));
        }
    }

    private void overlay(String path, ConfigNode node) {
        if (defaults.containsKey(path)) {
            chosen.put(path, node);
        } else if (!sections.contains(path)) {
            unknown(path, node.origin());
        } else if (node instanceof ConfigNode.Mapping mapping) {
            mapping.entries().forEach((name, value) -> overlay(join(path, name), value));
        } else if (!(node instanceof ConfigNode.Scalar scalar && scalar.text() == null)) {
            problems.accept(new Problem(path, node.origin(), null, "This is a section: it must hold keys and values."));
        }
    }

    // The value is not shown: a misspelled key may hold a token.
    private void unknown(String path, String origin) {
        List<String> known =
                Stream.concat(defaults.keySet().stream(), sections.stream()).toList();
        problems.accept(
                new Problem(path, origin, null, "There is no such setting." + Suggestions.didYouMean(path, known)));
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
