package dev.lmbridge.cli;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
final class HumanText {
    private HumanText() {}

    /** {@code 4.7 GB}, in thousands, as LM Studio shows sizes. */
    static String size(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        double amount = bytes;
        int unit = 0;
        // From 999.95 on, one decimal would show 1000.0.
        while (amount >= 999.95 && unit < units.length - 1) {
            amount /= 1_000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
    }

    /** The two largest units, {@code 9m 40s}; under a minute with one decimal, {@code 3.2s}. Never negative. */
    static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        long seconds = millis / 1_000;
        if (seconds < 60) {
            return millis % 1_000 < 50
                    ? seconds + "s"
                    : String.format(Locale.ROOT, "%d.%ds", seconds, millis % 1_000 / 100);
        }
        if (seconds < 3_600) {
            return pair(seconds / 60, "m", seconds % 60, "s");
        }
        return seconds < 86_400
                ? pair(seconds / 3_600, "h", seconds % 3_600 / 60, "m")
                : pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + largeUnit : large + largeUnit + " " + small + smallUnit;
    }

    /** Names come from files and hosts: what could move the cursor or break the line is replaced. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(isSafe(c) ? c : '?'));
        return line.toString();
    }

    /** Text of a model: as it is, but for what could do more to a terminal than show characters and break lines. */
    static String text(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            // Joiners and direction marks are part of emoji and of some scripts.
            boolean shown = c == '\n' || c == '\t' || Character.getType(c) == Character.FORMAT || isSafe(c);
            if (shown) {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }

    private static boolean isSafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
