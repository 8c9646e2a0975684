package dev.lmbridge.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The meters of the bridge, under the names that dashboards rely on. Labels hold catalogue keys and our own words only. */
public final class Meters {
    public static final int BREAKER_CLOSED = 0;
    public static final int BREAKER_HALF_OPEN = 1;
    public static final int BREAKER_OPEN = 2;

    private final MeterRegistry registry;
    private final Map<Tags, AtomicInteger> breakers = new ConcurrentHashMap<>();
    /** Kept, since to find a meter by its labels takes longer than to count in it. */
    private final Map<Ending, Timer> requests = new ConcurrentHashMap<>();

    private final Map<String, Integer> loadedByHost = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> budgets = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> heldBytes = new ConcurrentHashMap<>();

    public Meters(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("active_models_count", loadedByHost, Meters::sum)
                .description("Instances that the hosts have in memory")
                .register(registry);
    }

    private static double sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many instances a host has in memory now. */
    public void loaded(String host, int instances) {
        loadedByHost.put(host, instances);
    }

    /**
     * What a host's models may take, and what they take.
     *
     * @param budget null if it is not known: then there is no such series
     */
    public void memory(String host, @Nullable Long budget, long held) {
        if (budget != null) {
            gauge(budgets, "lm_bridge_memory_budget_bytes", "What models may take, with what stays free", host)
                    .set(budget);
        }
        gauge(heldBytes, "lm_bridge_memory_held_bytes", "What loaded, loading and doubtful models take", host)
                .set(held);
    }

    private AtomicLong gauge(Map<String, AtomicLong> gauges, String name, String description, String host) {
        return gauges.computeIfAbsent(host, unseen -> {
            AtomicLong value = new AtomicLong();
            Gauge.builder(name, value, AtomicLong::get)
                    .description(description)
                    .tags("host", host)
                    .register(registry);
            return value;
        });
    }

    /** The bridge has unloaded an instance of its own accord; {@code rule} says why. */
    public void evicted(String rule) {
        Counter.builder("lm_bridge_evictions")
                .description("Instances that the bridge has unloaded of its own accord")
                .tags("rule", rule)
                .register(registry)
                .increment();
    }

    /** A load has ended; {@code result} is {@code success} or the code of its failure. */
    public void loadEnded(String model, String result, Duration took) {
        Counter.builder("model_load_attempts")
                .description("Loads that were begun, by how they ended")
                .tags("model_name", model, "result", result)
                .register(registry)
                .increment();
        Timer.builder("model_load_duration")
                .description("From the start of lms load until the model was verified, or had failed")
                .tags("model_name", model)
                .serviceLevelObjectives(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(5))
                .register(registry)
                .record(took);
    }

    /** A load was reported as done and the model was not there. */
    public void verificationFailed(String model, String reason) {
        Counter.builder("model_verification_failures")
                .description("Loads that were reported as done while the model was not there")
                .tags("model_name", model, "reason", reason)
                .register(registry)
                .increment();
    }

    /** An operation has failed for the {@code attempt}th time and is tried again. */
    public void retried(String operation, int attempt) {
        Counter.builder("retry_attempts")
                .description("Attempts that failed and were followed by another")
                .tags("operation", operation, "attempt_number", Integer.toString(attempt))
                .register(registry)
                .increment();
    }

    /** The TTL that a host holds of an instance was to begin anew; {@code result} is {@code success} or {@code failed}. */
    public void rearmed(String result) {
        Counter.builder("lm_bridge_rearms")
                .description("Smallest requests that let a host's TTL begin anew")
                .tags("result", result)
                .register(registry)
                .increment();
    }

    /** Something happened to a lease: {@code created}, {@code renewed}, {@code released} or {@code expired}. */
    public void leased(String what) {
        Counter.builder("lm_bridge_leases")
                .description("What happened to leases")
                .tags("event", what)
                .register(registry)
                .increment();
    }

    /**
     * A breaker has another state.
     *
     * @param scope {@code host} or {@code model}
     * @param name the model's key; empty for a host
     */
    public void breaker(String host, String scope, String name, int state) {
        Tags tags = Tags.of("host", host, "scope", scope, "name", name);
        breakers.computeIfAbsent(tags, unseen -> {
                    AtomicInteger value = new AtomicInteger();
                    Gauge.builder("lm_bridge_breaker_state", value, AtomicInteger::get)
                            .description("0 closed, 1 half open, 2 open")
                            .tags(tags)
                            .register(registry);
                    return value;
                })
                .set(state);
    }

    /** The watchdog has found something, by this rule. */
    public void found(String finding) {
        Counter.builder("lm_bridge_watchdog_findings")
                .description("What was found not to be as it should on a host, by rule")
                .tags("finding", finding)
                .register(registry)
                .increment();
    }

    /** The watchdog loads or unloads something, by this rule. */
    public void repaired(String rule) {
        Counter.builder("lm_bridge_watchdog_repairs")
                .description("Loads of what is wanted, and unloads of what is there twice, by rule")
                .tags("rule", rule)
                .register(registry)
                .increment();
    }

    /** A process of {@code lms} has ended. */
    public void lmsEnded(String command, String ending, Duration took) {
        Timer.builder("lm_bridge_lms_process")
                .description("How long processes of lms ran")
                .tags("command", command, "ending", ending)
                .register(registry)
                .record(took);
    }

    /** Entries that the audit could not take. */
    public void auditLost(int entries) {
        Counter.builder("lm_bridge_audit_lost")
                .description("Entries that the audit could not take")
                .register(registry)
                .increment(entries);
    }

    /** A request was forwarded to a host and has ended. */
    public void requestEnded(String route, String outcome, Duration took) {
        requests.computeIfAbsent(
                        new Ending(route, outcome),
                        unseen -> Timer.builder("lm_bridge_request")
                                .description(
                                        "Inference requests, from the last byte of the request to the last byte of the answer")
                                .tags("route", route, "outcome", outcome)
                                .register(registry))
                .record(took);
    }

    /** How requests end: a few routes, and the codes of failures. */
    private record Ending(String route, String outcome) {}
}
