package dev.lmbridge.sim.machine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the simulated machine behaves.
 *
 * @param memoryBytes the budget that the guardrail holds instances to
 * @param loadTime how long every load takes, or null for one to three seconds by size
 * @param tokensPerSecond pace of one generation
 * @param parallel predictions of one instance at a time when its load names none (LM Studio: 4)
 * @param jit whether inference loads a model that is not loaded
 * @param jitTtl idle time-to-live of an instance that inference loaded (LM Studio: 60 minutes)
 * @param evictOtherJit whether loading one by inference unloads the other one that was
 * @param abortAbandonedLoads whether a load ends when the {@code lms} that asked for it is killed
 */
public record MachineSettings(
        long memoryBytes,
        @Nullable Duration loadTime,
        double tokensPerSecond,
        int parallel,
        boolean jit,
        Duration jitTtl,
        boolean evictOtherJit,
        boolean abortAbandonedLoads) {

    public static final long GB = 1_000_000_000L;

    public static MachineSettings standard() {
        return new MachineSettings(16 * GB, null, 60, 4, true, Duration.ofHours(1), true, false);
    }

    public MachineSettings withMemory(long bytes) {
        return new MachineSettings(
                bytes, loadTime, tokensPerSecond, parallel, jit, jitTtl, evictOtherJit, abortAbandonedLoads);
    }

    public MachineSettings withLoadTime(@Nullable Duration time) {
        return new MachineSettings(
                memoryBytes, time, tokensPerSecond, parallel, jit, jitTtl, evictOtherJit, abortAbandonedLoads);
    }

    public MachineSettings withPace(double tokens) {
        return new MachineSettings(
                memoryBytes, loadTime, tokens, parallel, jit, jitTtl, evictOtherJit, abortAbandonedLoads);
    }

    public MachineSettings withJit(boolean on) {
        return new MachineSettings(
                memoryBytes, loadTime, tokensPerSecond, parallel, on, jitTtl, evictOtherJit, abortAbandonedLoads);
    }

    /** How long a load of this many bytes takes. */
    Duration loadTimeOf(long sizeBytes) {
        if (loadTime != null) {
            return loadTime;
        }
        long millis = sizeBytes / 2_500_000;
        return Duration.ofMillis(Math.clamp(millis, 1_000, 3_000));
    }
}
