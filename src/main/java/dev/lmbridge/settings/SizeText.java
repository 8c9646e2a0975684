package dev.lmbridge.settings;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of bytes as people write them here: {@code 512B}, {@code 500MB} (thousands), {@code 2GiB} (powers of 1,024). */
public final class SizeText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)");
    private static final Map<String, Long> UNITS = Map.of(
            "B", 1L,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "TiB", 1L << 40);

    private SizeText() {}

    /**
     * Reads a number with a unit, in bytes.
     *
     * @throws IllegalArgumentException with a sentence for people, if the text is anything else
     */
    public static long parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("A size is a whole number with a unit: 256KiB, 500MB or 2GiB.");
        }
        long unit = Objects.requireNonNull(UNITS.get(Objects.requireNonNull(matcher.group(2))));
        try {
            return Math.multiplyExact(Long.parseLong(Objects.requireNonNull(matcher.group(1))), unit);
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("This size is too large to count in bytes.", tooLarge);
        }
    }

    /** The shortest exact form that {@link #parse} reads back. */
    public static String format(long bytes) {
        for (String unit : new String[] {"TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "KB"}) {
            long each = Objects.requireNonNull(UNITS.get(unit));
            if (bytes != 0 && bytes % each == 0) {
                return bytes / each + unit;
            }
        }
        return bytes + "B";
    }
}
