package dev.lmbridge.sim.machine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the simulated machine behaves: its engine, its loading on demand, and what its faces look like. */
public record MachineSettings(Engine engine, Jit jit, Look look) {
    public static final long GB = 1_000_000_000L;

    /**
     * The engine.
     *
     * @param memoryBytes the budget that the guardrail holds instances to
     * @param loadTime how long every load takes, or null for one to three seconds by size
     * @param tokensPerSecond pace of one generation
     * @param parallel predictions of one instance at a time when its load names none (LM Studio: 4)
     * @param abortAbandonedLoads whether a load ends when the {@code lms} that asked for it is killed
     */
    public record Engine(
            long memoryBytes,
            @Nullable Duration loadTime,
            double tokensPerSecond,
            int parallel,
            boolean abortAbandonedLoads) {}

    /**
     * Loading on demand.
     *
     * @param on whether inference loads a model that is not loaded
     * @param ttl idle time-to-live of an instance that inference loaded (LM Studio: 60 minutes)
     * @param evictOther whether loading one by inference unloads the other one that was
     */
    public record Jit(boolean on, Duration ttl, boolean evictOther) {}

    /**
     * What can differ between versions and installations of LM Studio.
     *
     * @param reasoning where the thoughts of a reasoning model go
     * @param apiToken the token that every HTTP request must carry, or null for authentication off
     * @param oldLms whether {@code lms} is one of 2025, without {@code status}, {@code queued}, {@code parallel} and
     *     {@code deviceIdentifier}
     */
    public record Look(ReasoningStyle reasoning, @Nullable String apiToken, boolean oldLms) {}

    /** Where the thoughts of a reasoning model go in answers of OpenAI's shape. */
    public enum ReasoningStyle {
        /** In {@code reasoning_content}: since LM Studio 0.3.9, when its user switched it on. */
        FIELD("reasoning_content"),
        /** In {@code reasoning}, as gpt-oss does since 0.3.23. */
        SHORT_FIELD("reasoning"),
        /** In {@code content}, between {@code <think>} and {@code </think>}. */
        TAGS("think");

        private final String wireName;

        ReasoningStyle(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    public static MachineSettings standard() {
        return new MachineSettings(
                new Engine(16 * GB, null, 60, 4, false),
                new Jit(true, Duration.ofHours(1), true),
                new Look(ReasoningStyle.FIELD, null, false));
    }

    public MachineSettings with(Engine changed) {
        return new MachineSettings(changed, jit, look);
    }

    public MachineSettings with(Jit changed) {
        return new MachineSettings(engine, changed, look);
    }

    public MachineSettings with(Look changed) {
        return new MachineSettings(engine, jit, changed);
    }

    public MachineSettings withMemory(long bytes) {
        return with(new Engine(
                bytes, engine.loadTime(), engine.tokensPerSecond(), engine.parallel(), engine.abortAbandonedLoads()));
    }

    public MachineSettings withLoadTime(@Nullable Duration time) {
        return with(new Engine(
                engine.memoryBytes(), time, engine.tokensPerSecond(), engine.parallel(), engine.abortAbandonedLoads()));
    }

    public MachineSettings withPace(double tokens) {
        return with(new Engine(
                engine.memoryBytes(), engine.loadTime(), tokens, engine.parallel(), engine.abortAbandonedLoads()));
    }

    public MachineSettings withJit(boolean on) {
        return with(new Jit(on, jit.ttl(), jit.evictOther()));
    }

    /** How long a load of this many bytes takes. */
    Duration loadTimeOf(long sizeBytes) {
        if (engine.loadTime() != null) {
            return engine.loadTime();
        }
        long millis = sizeBytes / 2_500_000;
        return Duration.ofMillis(Math.clamp(millis, 1_000, 3_000));
    }
}
