package dev.lmbridge.catalog;

import java.util.Arrays;
import java.util.Optional;

/**
 * A well-formed model name. Well-formed says nothing about existence: that is the catalogue's answer.
 *
 * <p>The rules keep a name from ever being read as an option or a path by the programs it is handed to.
 */
public record ModelKey(String value) implements Comparable<ModelKey> {
    /** The longest name taken, in UTF-16 units. LM Studio itself allows identifiers of up to 1,024. */
    public static final int MAX_LENGTH = 512;

    public ModelKey {
        problem(value).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
    }

    /** What is wrong with a name, as a sentence for the person who sent it; empty if it is well-formed. */
    public static Optional<String> problem(String name) {
        if (name.isBlank()) {
            return Optional.of("A model name must not be empty or blank.");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("A model name has at most " + MAX_LENGTH + " characters, not " + name.length() + ".");
        }
        if (name.startsWith("-")) {
            return Optional.of("A model name must not start with '-'.");
        }
        if (name.chars().anyMatch(Character::isISOControl) || hasLoneSurrogate(name)) {
            return Optional.of("A model name must not contain control characters or broken Unicode.");
        }
        if (Arrays.asList(name.split("[/\\\\]", -1)).contains("..")) {
            return Optional.of("A model name must not contain '..' as a part of its path.");
        }
        return Optional.empty();
    }

    private static boolean hasLoneSurrogate(String name) {
        return name.codePoints()
                .anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    @Override
    public int compareTo(ModelKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
