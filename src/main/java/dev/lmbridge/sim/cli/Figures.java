package dev.lmbridge.sim.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers as {@code lms} prints them. */
final class Figures {
    private Figures() {}

    /** Binary, as after a load and in estimates: {@code 4.36 GiB}. */
    static String binary(long bytes) {
        return scaled(bytes, 1024, "Bytes", "KiB", "MiB", "GiB", "TiB");
    }

    /** Decimal, as in the tables: {@code 4.68 GB}. */
    static String decimal(long bytes) {
        return scaled(bytes, 1000, "B", "KB", "MB", "GB", "TB");
    }

    /** {@code 370.00ms}, {@code 8.41s}, {@code 1m 2.00s}, {@code 1h 0m 3.00s}. */
    static String elapsed(Duration time) {
        double millis = time.toNanos() / 1e6;
        if (millis < 1_000) {
            return String.format(Locale.ROOT, "%.2fms", millis);
        }
        double seconds = millis / 1_000 % 60;
        long minutes = time.toMinutes() % 60;
        if (time.toMinutes() == 0) {
            return String.format(Locale.ROOT, "%.2fs", seconds);
        }
        return time.toHours() == 0
                ? String.format(Locale.ROOT, "%dm %.2fs", minutes, seconds)
                : String.format(Locale.ROOT, "%dh %dm %.2fs", time.toHours(), minutes, seconds);
    }

    /** One rounded unit: {@code 30s}, {@code 59m}, {@code 1h}; there is none above hours. */
    static String rough(Duration time) {
        long millis = time.toMillis();
        if (millis >= 3_600_000) {
            return Math.round(millis / 3_600_000.0) + "h";
        }
        return millis >= 60_000 ? Math.round(millis / 60_000.0) + "m" : Math.round(millis / 1_000.0) + "s";
    }

    /** As JavaScript prints a number: all the digits that tell it apart, and none after a whole one. */
    static String plain(double number) {
        String text = Double.toString(number);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String scaled(long bytes, int base, String... units) {
        double value = bytes;
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        return unit == 0 ? bytes + " " + units[0] : String.format(Locale.ROOT, "%.2f %s", value, units[unit]);
    }
}
