package dev.lmbridge.host;

import java.time.Duration;
import java.util.List;

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
 * @param doubtFor how long at most a load that was ended keeps its model from being loaded again
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
        int queueCapacity,
        Duration doubtFor,
        Retrying retrying,
        Breaking breaking) {

    /**
     * When a failed load is tried again.
     *
     * @param max tries after the first; 0 for none
     * @param backoff the wait before each of them; the last one repeats
     * @param jitter the share by which a wait varies, 0 to 1
     */
    public record Retrying(int max, List<Duration> backoff, double jitter) {
        public static final Retrying NEVER = new Retrying(0, List.of(), 0);

        public Retrying {
            backoff = List.copyOf(backoff);
        }

        /**
         * The wait after so many attempts.
         *
         * @param chance from 0 to 1
         */
        Duration pauseAfter(int attempts, double chance) {
            if (backoff.isEmpty()) {
                return Duration.ZERO;
            }
            Duration base = backoff.get(Math.min(attempts, backoff.size()) - 1);
            return Duration.ofNanos((long) (base.toNanos() * (1 + jitter * (2 * chance - 1))));
        }
    }

    /**
     * When what keeps failing is no longer asked.
     *
     * @param failures in a row that open a breaker
     * @param recovery the wait before the first trial; each trial that fails doubles it
     * @param maxRecovery the longest wait
     */
    public record Breaking(int failures, Duration recovery, Duration maxRecovery) {
        public static final Breaking NEVER = new Breaking(Integer.MAX_VALUE, Duration.ofDays(1), Duration.ofDays(1));
    }

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
