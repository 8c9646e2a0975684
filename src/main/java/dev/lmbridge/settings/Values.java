package dev.lmbridge.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to the layered settings. A value that cannot be read is reported and replaced by its default, so that
 * reading goes on and finds the rest of the problems.
 */
final class Values {
    private final Layers layers;
    private final NodeReader nodes;
    private final List<Problem> problems;
    private final List<String> read = new ArrayList<>();
    private final Set<String> bad = new HashSet<>();

    Values(Layers layers, Map<String, String> env, List<Problem> problems) {
        this.layers = layers;
        this.problems = problems;
        this.nodes = new NodeReader(env, problems::add);
    }

    NodeReader nodes() {
        return nodes;
    }

    /** Every key that was asked for, each as often as it was. */
    List<String> read() {
        return read;
    }

    /** The value as a function reads it; the function reports what is wrong and then returns null. */
    <T> T get(String key, BiFunction<String, ConfigNode, @Nullable T> reader) {
        read.add(key);
        int before = problems.size();
        T value = reader.apply(key, layers.chosen(key));
        if (problems.size() > before) {
            bad.add(key);
        }
        return value != null
                ? value
                : Objects.requireNonNull(reader.apply(key, layers.defaultOf(key)), () -> "default of " + key);
    }

    Duration duration(String key, Duration min, Duration max) {
        return get(key, (name, node) -> nodes.duration(name, node, min, max));
    }

    int integer(String key, int min, int max) {
        return get(key, (name, node) -> nodes.integer(name, node, min, max));
    }

    long size(String key, long min, long max) {
        return get(key, (name, node) -> nodes.size(name, node, min, max));
    }

    boolean truth(String key) {
        return get(key, nodes::truth);
    }

    <E extends Enum<E>> E oneOf(String key, Class<E> type) {
        return get(key, (name, node) -> nodes.oneOf(name, node, type));
    }

    /** A rule that ties keys together: told at the first of them, and only if each of them could be read. */
    void contradiction(boolean broken, String message, String... keys) {
        if (broken && List.of(keys).stream().noneMatch(bad::contains)) {
            nodes.report(keys[0], layers.chosen(keys[0]), message);
        }
    }
}
