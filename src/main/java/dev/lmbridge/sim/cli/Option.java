package dev.lmbridge.sim.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option of a command.
 *
 * @param flags as help and errors name it, such as {@code -c, --context-length <length>}
 * @param check refuses a value by its reason, or answers null; null for an option without a value
 */
record Option(String flags, @Nullable ValueCheck check) {

    /** Says what is wrong with a value. */
    @FunctionalInterface
    interface ValueCheck {
        @Nullable
        String problem(String value);
    }

    static Option flag(String flags) {
        return new Option(flags, null);
    }

    static Option text(String flags) {
        return new Option(flags, value -> null);
    }

    /** One of these words. */
    static Option choice(String flags, List<String> words) {
        return new Option(
                flags, value -> words.contains(value) ? null : "Allowed choices are " + String.join(", ", words) + ".");
    }

    /** A whole number of at least this. */
    static Option integer(String flags, int least) {
        return new Option(flags, value -> {
            Double number = number(value);
            if (number == null) {
                return "Not a number";
            }
            if (number != Math.rint(number)) {
                return "Not an integer";
            }
            return number < least ? "Number out of range, must be at least " + least : null;
        });
    }

    /** {@code off}, {@code max}, or a number from 0 to 1; {@code auto} is refused, as {@code lms} 0.3.43 does. */
    static Option ratio(String flags) {
        return new Option(flags, value -> {
            if (value.equals("off") || value.equals("max")) {
                return null;
            }
            Double number = number(value);
            if (number == null) {
                return "Not a number";
            }
            return number < 0 || number > 1 ? "Number out of range, must be between 0 and 1" : null;
        });
    }

    boolean takesValue() {
        return check != null;
    }

    /** The spellings, such as {@code -c} and {@code --context-length}. */
    List<String> names() {
        return List.of(flags.replaceAll(" <.*", "").split(", ", -1));
    }

    /** The long spelling without dashes. */
    String key() {
        return names().getLast().substring(2);
    }

    private static @Nullable Double number(String value) {
        try {
            double number = Double.parseDouble(value);
            return Double.isFinite(number) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
