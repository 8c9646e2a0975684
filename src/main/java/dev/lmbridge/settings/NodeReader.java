package dev.lmbridge.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns single nodes into typed values. What cannot be turned is reported and comes back as {@code null}. */
final class NodeReader {
    static final String AUTO = "auto";

    private final Map<String, String> env;
    private final Consumer<Problem> problems;

    NodeReader(Map<String, String> env, Consumer<Problem> problems) {
        this.env = env;
        this.problems = problems;
    }

    /** Reports; what may be a secret, or holds one, is not shown. */
    void report(String key, ConfigNode node, String message) {
        String value = node instanceof ConfigNode.Scalar scalar ? scalar.text() : null;
        boolean secret = key.endsWith(".token") || key.equals("store.url");
        // http://user:password@host
        String shown = value == null ? null : value.replaceAll("//[^/]*@", "//***@");
        problems.accept(new Problem(key, node.origin(), secret ? null : shown, message));
    }

    @Nullable
    String text(String key, ConfigNode node, String expected) {
        if (node instanceof ConfigNode.Scalar scalar
                && scalar.text() != null
                && !scalar.text().isBlank()) {
            return scalar.text().strip();
        }
        report(key, node, "Expected " + expected + ".");
        return null;
    }

    @Nullable
    Duration duration(String key, ConfigNode node, Duration min, Duration max) {
        String expected = "a duration from " + DurationText.format(min) + " to " + DurationText.format(max);
        String text = text(key, node, expected);
        if (text == null) {
            return null;
        }
        try {
            Duration duration = DurationText.parse(text);
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
            report(key, node, "Expected " + expected + ".");
        } catch (IllegalArgumentException malformed) {
            report(key, node, String.valueOf(malformed.getMessage()));
        }
        return null;
    }

    /** A TTL: what {@code lms load --ttl} can carry, so whole seconds. */
    @Nullable
    Duration ttl(String key, ConfigNode node) {
        Duration ttl = duration(key, node, Duration.ofSeconds(1), ModelsReader.LONGEST_TTL);
        if (ttl != null && ttl.toMillisPart() != 0) {
            report(key, node, "Expected whole seconds.");
            return null;
        }
        return ttl;
    }

    @Nullable
    Long size(String key, ConfigNode node, long min, long max) {
        String expected = "a size from " + SizeText.format(min) + " to " + SizeText.format(max);
        String text = text(key, node, expected);
        if (text == null) {
            return null;
        }
        try {
            long size = SizeText.parse(text);
            if (size >= min && size <= max) {
                return size;
            }
            report(key, node, "Expected " + expected + ".");
        } catch (IllegalArgumentException malformed) {
            report(key, node, String.valueOf(malformed.getMessage()));
        }
        return null;
    }

    @Nullable
    Integer integer(String key, ConfigNode node, int min, int max) {
        String expected = "a whole number from " + min + " to " + max;
        String text = text(key, node, expected);
        if (text == null) {
            return null;
        }
        if (text.matches("-?\\d{1,10}")) {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return (int) number;
            }
        }
        report(key, node, "Expected " + expected + ".");
        return null;
    }

    @Nullable
    Double share(String key, ConfigNode node) {
        String expected = "a number from 0 to 1";
        String text = text(key, node, expected);
        if (text == null) {
            return null;
        }
        if (text.matches("0(\\.\\d{1,9})?|1(\\.0{1,9})?")) {
            return Double.parseDouble(text);
        }
        report(key, node, "Expected " + expected + ".");
        return null;
    }

    @Nullable
    Boolean truth(String key, ConfigNode node) {
        String text = text(key, node, "true or false");
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                report(key, node, "Expected true or false.");
                yield null;
            }
        };
    }

    <E extends Enum<E>> @Nullable E oneOf(String key, ConfigNode node, Class<E> type) {
        List<String> words = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            words.add(constant.name().toLowerCase(Locale.ROOT));
        }
        String expected = "one of " + String.join(", ", words);
        String text = text(key, node, expected);
        if (text == null) {
            return null;
        }
        int index = words.indexOf(text);
        if (index >= 0) {
            return type.getEnumConstants()[index];
        }
        report(key, node, "Expected " + expected + ".");
        return null;
    }

    /** An absolute path, or one below the home folder; nothing is ever looked for relative to where we were started. */
    @Nullable
    Path path(String key, ConfigNode node) {
        String expected = "an absolute path, or one that begins with ~/";
        String text = text(key, node, expected);
        if (text == null) {
            return null;
        }
        if (text.startsWith("~/")) {
            return home(key, node, text.substring(2));
        }
        if (text.startsWith("/") && text.indexOf('\0') < 0) {
            return Path.of(text).normalize();
        }
        report(key, node, "Expected " + expected + ".");
        return null;
    }

    /** A place below {@code HOME}, as the environment gives it. */
    @Nullable
    Path home(String key, ConfigNode node, String below) {
        String home = env.getOrDefault("HOME", "");
        if (home.startsWith("/") && below.indexOf('\0') < 0) {
            return Path.of(home, below).normalize();
        }
        report(key, node, "HOME is not set to an absolute path, so write the path out.");
        return null;
    }

    boolean isAuto(ConfigNode node) {
        return node instanceof ConfigNode.Scalar scalar && AUTO.equals(scalar.text());
    }

    boolean isNull(ConfigNode node) {
        return node instanceof ConfigNode.Scalar scalar && scalar.text() == null;
    }

    @Nullable
    List<ConfigNode> list(String key, ConfigNode node, String of) {
        if (node instanceof ConfigNode.Sequence sequence) {
            return sequence.items();
        }
        boolean inOneLine = node instanceof ConfigNode.Scalar && !node.origin().contains(":");
        report(key, node, "Expected a list of " + of + (inOneLine ? ", written as JSON: [\"…\", \"…\"]." : "."));
        return null;
    }

    @Nullable
    Map<String, ConfigNode> mapping(String key, ConfigNode node, String of) {
        if (node instanceof ConfigNode.Mapping mapping) {
            return mapping.entries();
        }
        report(key, node, "Expected keys and values: " + of + ".");
        return null;
    }

    /** Reports what an entry should not have; values are not shown, for a misspelled key may hold a token. */
    void refuseUnknown(String key, Map<String, ConfigNode> entries, Collection<String> known) {
        entries.forEach((name, node) -> {
            if (!known.contains(name)) {
                problems.accept(new Problem(
                        key + "." + name,
                        node.origin(),
                        null,
                        "There is no such setting." + Suggestions.didYouMean(name, known)));
            }
        });
    }
}
