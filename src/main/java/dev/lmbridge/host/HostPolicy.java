package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param keeping how long what is not used stays
 * @param fitting how much may be in memory
 * @param watching what is looked for, and what is done about it
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
        Breaking breaking,
        Keeping keeping,
        Fitting fitting,
        Watching watching) {

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

    /**
     * How long a model stays that nobody uses.
     *
     * @param standard where nobody said how long
     * @param longest what nobody may exceed, and what models are loaded with that are to stay
     * @param adopt whether instances that somebody else loaded are treated as our own
     * @param own what is usual for some models, by key
     */
    public record Keeping(Duration standard, Duration longest, boolean adopt, Map<String, Duration> own) {
        public static final Keeping USUAL = new Keeping(Duration.ofMinutes(10), Duration.ofHours(1), false);

        public Keeping {
            own = Map.copyOf(own);
        }

        /** Where no model has a time of its own. */
        public Keeping(Duration standard, Duration longest, boolean adopt) {
            this(standard, longest, adopt, Map.of());
        }

        Duration usual(ModelKey model) {
            return own.getOrDefault(model.value(), standard);
        }
    }

    /**
     * How much may be in memory.
     *
     * @param budgetBytes what models may take with the reserve; null if it is not known, and nothing is refused or evicted for it
     * @param reserveBytes of the budget, what is left free
     * @param residency how long a model stays at least before another may take its place
     */
    public record Fitting(@Nullable Long budgetBytes, long reserveBytes, Duration residency) {
        /** Long enough that a swap is worth its load, short enough to wait for. */
        public static final Duration RESIDENCY = Duration.ofSeconds(10);

        public static final Fitting UNKNOWN = new Fitting(null, 0, Duration.ZERO);
    }

    /**
     * What is looked for, and what is done about it.
     *
     * @param rowsEvery how often {@code lms ps} is asked while nothing seems wrong
     * @param heal whether findings are acted on, not only told
     * @param wanted models that are to be in memory by the settings, in the order in which they are loaded
     */
    public record Watching(Duration rowsEvery, boolean heal, List<Wanted> wanted) {
        public static final Watching USUAL = new Watching(Duration.ofMinutes(5), true, List.of());

        public Watching {
            wanted = List.copyOf(wanted);
        }
    }

    /** The oldest view that a request may ever be forwarded on. */
    public static final Duration STALE_AFTER = Duration.ofSeconds(10);

    /** How often {@code lms ps --json} is asked again for a TTL that it did not tell. */
    static final Duration ROWS_AGAIN = Duration.ofSeconds(30);

    /** Reading weights from a slow disk is what a load waits for: a second more for each of these many bytes. */
    private static final long BYTES_PER_EXTRA_SECOND = 256L << 20;

    /** A policy that keeps, fits and watches as usual. */
    public HostPolicy(
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
        this(
                loadTimeout,
                maxLoad,
                commandTimeout,
                verifyWithin,
                pollEvery,
                freshFor,
                observeEvery,
                idleEvery,
                queueCapacity,
                doubtFor,
                retrying,
                breaking,
                Keeping.USUAL,
                Fitting.UNKNOWN,
                Watching.USUAL);
    }

    private HostPolicy with(Keeping kept, Fitting fitted, Watching watched) {
        return new HostPolicy(
                loadTimeout,
                maxLoad,
                commandTimeout,
                verifyWithin,
                pollEvery,
                freshFor,
                observeEvery,
                idleEvery,
                queueCapacity,
                doubtFor,
                retrying,
                breaking,
                kept,
                fitted,
                watched);
    }

    public HostPolicy keeping(Keeping other) {
        return with(other, fitting, watching);
    }

    public HostPolicy fitting(Fitting other) {
        return with(keeping, other, watching);
    }

    public HostPolicy watching(Watching other) {
        return with(keeping, fitting, other);
    }

    /** How long the process of a load may run at first. */
    Duration deadlineFor(long sizeBytes) {
        Duration grown = loadTimeout.plusSeconds(sizeBytes / BYTES_PER_EXTRA_SECOND);
        return grown.compareTo(maxLoad) < 0 ? grown : maxLoad;
    }
}
