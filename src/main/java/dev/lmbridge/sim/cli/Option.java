package dev.lmbridge.sim.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An option of a command.
 *
 * @param flags as help and errors name it, such as {@code -c, --context-length <length>}
 * @param check refuses a value by its reason, or answers null; null for an option without a value
 * @param hidden whether help and suggestions pass over it
 */
record Option(String flags, @Nullable ValueCheck check, boolean hidden) {

    Option(String flags, @Nullable ValueCheck check) {
        this(flags, check, false);
    }

    Option hide() {
        return new Option(flags, check, true);
    }

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
        return integer(flags, least, Integer.MAX_VALUE);
    }

    /** A port. */
    static Option port(String flags) {
        return integer(flags, 0, 65_535);
    }

    /** A whole number in these bounds. */
    static Option integer(String flags, int least, int most) {
        return new Option(flags, value -> {
            String problem = finite(value);
            if (problem != null) {
                return problem;
            }
            double number = number(value);
            return number == Math.rint(number) ? outside(number, least, most) : "Not an integer";
        });
    }

    /** A number from 0 to 1. */
    static Option fraction(String flags) {
        return new Option(flags, value -> {
            String problem = finite(value);
            return problem == null ? outside(number(value), 0, 1) : problem;
        });
    }

    /** {@code off}, {@code max}, or a number from 0 to 1; {@code auto} is refused, as {@code lms} 0.3.43 does. */
    static Option ratio(String flags) {
        return new Option(flags, value -> {
            double number = ratioOf(value);
            if (Double.isNaN(number)) {
                return "Not a number";
            }
            return number < 0 || number > 1 ? "Number out of range, must be between 0 and 1" : null;
        });
    }

    /** The number that a value of {@link #ratio} means; NaN if it means none. */
    static double ratioOf(String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "off" -> 0;
            case "max" -> 1;
            default -> number(value);
        };
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

    private static @Nullable String finite(String value) {
        double number = number(value);
        return Double.isNaN(number) ? "Not a number" : Double.isInfinite(number) ? "Not a finite number" : null;
    }

    private static @Nullable String outside(double number, int least, int most) {
        if (number < least) {
            return "Number out of range, must be at least " + least;
        }
        return number > most ? "Number out of range, must be at most " + most : null;
    }

    /** As JavaScript reads a number, for which an empty text is 0; NaN if it is none. */
    static double number(String value) {
        String digits = value.strip();
        if (digits.isEmpty()) {
            return 0;
        }
        try {
            // Java would read "1f" and "0x1p3" as well.
            return digits.matches("[+-]?(Infinity|[0-9.]+([eE][+-]?[0-9]+)?)")
                    ? Double.parseDouble(digits)
                    : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
