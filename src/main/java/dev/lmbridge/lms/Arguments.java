package dev.lmbridge.lms;

import java.time.Duration;
import java.util.regex.Pattern;

/** What may stand in an argument list of {@code lms}: nothing that it could take for an option or for "any model". */
final class Arguments {
    /** The limit that the lms 0.3.43 sources put on an identifier. */
    static final int MAX_NAME = 1024;

    private static final Pattern GPU = Pattern.compile("off|max|0(?:\\.\\d{1,9})?|1(?:\\.0{1,9})?");

    private Arguments() {}

    /** An empty name would make {@code lms load} take the most recent model, a dash would start an option. */
    static void requireName(String field, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(field + " is empty: lms would choose a model by itself.");
        }
        if (name.startsWith("-")) {
            throw new IllegalArgumentException(field + " must not start with '-': lms would read it as an option.");
        }
        if (name.length() > MAX_NAME) {
            throw new IllegalArgumentException(field + " must have at most " + MAX_NAME + " characters.");
        }
        if (name.codePoints().anyMatch(Arguments::unprintable)) {
            throw new IllegalArgumentException(field + " must not have control characters or broken surrogates.");
        }
    }

    private static boolean unprintable(int codePoint) {
        return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
    }

    static void requireIdentifier(String field, String identifier) {
        requireName(field, identifier);
        if (identifier.equals("__proto__")) {
            throw new IllegalArgumentException(field + " must not be __proto__: lms refuses that name.");
        }
    }

    static void requireTtl(Duration ttl) {
        if (ttl.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("ttl must be at least one second, not " + ttl + ".");
        }
    }

    static void requirePositive(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be at least 1, not " + value + ".");
        }
    }

    /** {@code lms} 0.3.43 refuses {@code auto}, although the documentation shows it: leave the option out instead. */
    static void requireGpu(String gpu) {
        if (!GPU.matcher(gpu).matches()) {
            throw new IllegalArgumentException(
                    "gpu must be off, max or a number from 0 to 1, not \"" + gpu + "\"; leave it out for automatic.");
        }
    }

    /** {@code --ttl} takes whole seconds; a started second counts as one, so a model never goes early. */
    static long wholeSeconds(Duration ttl) {
        return ttl.getNano() == 0 ? ttl.getSeconds() : Math.addExact(ttl.getSeconds(), 1);
    }
}
