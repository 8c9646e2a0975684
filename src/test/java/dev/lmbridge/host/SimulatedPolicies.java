package dev.lmbridge.host;

import java.time.Duration;
import java.util.List;

/** The numbers that simulated cores decide by: small enough that schedules reach every limit. */
final class SimulatedPolicies {
    static final HostPolicy PATIENT = new HostPolicy(
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(3),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    2,
                    Duration.ofSeconds(40),
                    new HostPolicy.Retrying(
                            3, List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4)), 0.1),
                    new HostPolicy.Breaking(2, Duration.ofSeconds(15), Duration.ofSeconds(50)))
            .keeping(new HostPolicy.Keeping(Duration.ofSeconds(10), Duration.ofSeconds(30), false));
    static final HostPolicy ONE_TRY = new HostPolicy(
                    PATIENT.loadTimeout(),
                    PATIENT.maxLoad(),
                    PATIENT.commandTimeout(),
                    PATIENT.verifyWithin(),
                    PATIENT.pollEvery(),
                    PATIENT.freshFor(),
                    PATIENT.observeEvery(),
                    PATIENT.idleEvery(),
                    PATIENT.queueCapacity(),
                    PATIENT.doubtFor(),
                    HostPolicy.Retrying.NEVER,
                    HostPolicy.Breaking.NEVER)
            .keeping(new HostPolicy.Keeping(Duration.ofSeconds(10), Duration.ofSeconds(30), true));

    private static final long GIB = 1L << 30;

    private SimulatedPolicies() {}

    static HostPolicy draw(Choices choices) {
        HostPolicy policy = choices.chance(Choices.Subject.POLICY, 25) ? ONE_TRY : PATIENT;
        int budget = choices.next(Choices.Subject.MEMORY, 8);
        return policy.fitting(new HostPolicy.Fitting(
                budget < 5 ? null : Long.valueOf((budget * 2L - 6) * GIB),
                choices.next(Choices.Subject.MEMORY, 2) * GIB,
                Duration.ofSeconds(choices.next(Choices.Subject.MEMORY, 3) * 5L)));
    }

    static long memoryOfTheHost(Choices choices) {
        int memory = choices.next(Choices.Subject.MEMORY, 8);
        return memory < 6 ? Long.MAX_VALUE : (memory * 3L - 13) * GIB;
    }
}
