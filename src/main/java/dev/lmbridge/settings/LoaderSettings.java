package dev.lmbridge.settings;

import java.time.Duration;
import java.util.List;

/**
 * How models are loaded and verified.
 *
 * @param loadTimeout base of a load's deadline; grows with the model, never beyond {@code http.deadlines.load}
 * @param commandTimeout for every other command but downloads
 * @param doubtFor how long at most a killed load keeps its model from being loaded again
 * @param queueCapacity distinct operations that may wait per host
 */
public record LoaderSettings(
        Duration loadTimeout,
        Duration commandTimeout,
        Verify verify,
        Duration doubtFor,
        int queueCapacity,
        Retry retry,
        Breaker breaker) {

    /**
     * How what was loaded is looked for.
     *
     * @param within how long a loaded model may take to show up
     * @param pollEvery how often it is looked for meanwhile
     * @param freshFor how long a sighting is believed
     */
    public record Verify(Duration within, Duration pollEvery, Duration freshFor) {}

    /**
     * When a failed load is tried again.
     *
     * @param max tries after the first, 0 for none
     * @param backoff wait before each; the last one repeats
     * @param jitter share of the wait by which it varies, 0 to 1
     */
    public record Retry(int max, List<Duration> backoff, double jitter) {}

    /**
     * When what keeps failing is no longer asked.
     *
     * @param failures in a row that open the breaker
     * @param recovery first wait before a trial; doubles up to {@code maxRecovery}
     */
    public record Breaker(int failures, Duration recovery, Duration maxRecovery) {}
}
