package dev.lmbridge.settings;

import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them here: a whole number and one unit, {@code 250ms}, {@code 600s}, {@code 10m}, {@code 2h}, {@code 30d}. */
public final class DurationText {
    // Nine digits of days still fit a Duration in milliseconds.
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

    private DurationText() {}

    /**
     * Reads a number with a unit.
     *
     * @throws IllegalArgumentException with a sentence for people, if the text is anything else
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "A duration is a whole number with a unit: 250ms, 600s, 10m, 2h or 30d.");
        }
        long amount = Long.parseLong(Objects.requireNonNull(matcher.group(1)));
        return switch (Objects.requireNonNull(matcher.group(2))) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /**
     * As {@link #parse}, but a bare whole number counts as seconds: the form that {@code ttl} has in the API and on the
     * command line. The configuration file insists on the unit.
     *
     * @throws IllegalArgumentException with a sentence for people, if the text is anything else
     */
    public static Duration parseSecondsOrText(String text) {
        String stripped = text.strip();
        return SECONDS.matcher(stripped).matches() ? Duration.ofSeconds(Long.parseLong(stripped)) : parse(stripped);
    }

    /** The shortest exact form that {@link #parse} reads back, in the largest unit that leaves no rest; rounded down to milliseconds. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 3_600 != 0) {
            return seconds / 60 + "m";
        }
        return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3_600 + "h";
    }
}
