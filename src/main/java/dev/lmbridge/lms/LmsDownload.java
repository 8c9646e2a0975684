package dev.lmbridge.lms;

import org.jspecify.annotations.Nullable;

/**
 * How far {@code lms get} is.
 *
 * @param percent 0 to 100, with two decimals as it is painted
 * @param doneBytes what has come, rounded as it is painted: three digits or so
 * @param totalBytes what will come, rounded likewise
 * @param bytesPerSecond null if it was not told
 */
public record LmsDownload(
        double percent,
        long doneBytes,
        long totalBytes,
        @Nullable Long bytesPerSecond) {}
