package dev.lmbridge.host;

import java.time.Duration;

/**
 * The numbers that a host's core decides by.
 *
 * @param loadTimeout how long a load of a small model may take; larger ones get more, and a growing percentage extends it
 * @param maxLoad what no load may exceed
 * @param commandTimeout how long any other {@code lms} command may take
 * @param verifyWithin how soon after its load a model must show
 * @param pollEvery how often is looked for it meanwhile
 * @param freshFor how old a view may be to be acted on without another look
 * @param observeEvery how often is looked while anything is loaded or wanted
 * @param idleEvery how often is looked otherwise
 * @param queueCapacity how many operations may wait
 */
public record HostPolicy(
        Duration loadTimeout,
        Duration maxLoad,
        Duration commandTimeout,
        Duration verifyWithin,
        Duration pollEvery,
        Duration freshFor,
        Duration observeEvery,
        Duration idleEvery,
        int queueCapacity) {

    /** The oldest view that a request may ever be forwarded on. */
    public static final Duration STALE_AFTER = Duration.ofSeconds(10);

    /** How often {@code lms ps --json} is asked again for a TTL that it did not tell. */
    static final Duration ROWS_AGAIN = Duration.ofSeconds(30);

    /** Reading weights from a slow disk is what a load waits for: a second more for each of these many bytes. */
    private static final long BYTES_PER_EXTRA_SECOND = 256L << 20;

    /** How long the process of a load may run at first. */
    Duration deadlineFor(long sizeBytes) {
        Duration grown = loadTimeout.plusSeconds(sizeBytes / BYTES_PER_EXTRA_SECOND);
        return grown.compareTo(maxLoad) < 0 ? grown : maxLoad;
    }
}
