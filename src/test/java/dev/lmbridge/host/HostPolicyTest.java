package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostPolicyTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final HostPolicy.Breaking THREE = new HostPolicy.Breaking(3, MINUTE, Duration.ofMinutes(4));

    private final HostPolicy.Retrying retrying = new HostPolicy.Retrying(
            3, List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4)), 0.25);

    @ParameterizedTest
    @CsvSource({"1,0,750", "1,0.5,1000", "1,1,1250", "2,0.5,2000", "3,0.5,4000", "3,1,5000", "4,0.5,4000", "9,0,3000"})
    void pausesGrowAndVaryByTheirShareAndTheLastOneRepeats(int attempts, double chance, long millis) {
        assertThat(retrying.pauseAfter(attempts, chance)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void withoutPausesTheNextTryIsAtOnce() {
        assertThat(HostPolicy.Retrying.NEVER.pauseAfter(1, 0.5)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0,60", "268435455,60", "268435456,61", "144686710784,599", "144955146240,600", "900000000000,600"})
    void largeModelsGetASecondMoreForEach256MiBUpToTheLimit(long bytes, long seconds) {
        assertThat(ScriptedHost.POLICY.deadlineFor(bytes)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void theLastFailureThatOpensABreakerIsTheThird() {
        Breaker twice = Breaker.CLOSED.failed(THREE, NOON).failed(THREE, NOON);
        assertThat(twice.state(NOON)).isEqualTo(Breaker.State.CLOSED);
        assertThat(twice.left(NOON)).isZero();

        Breaker open = twice.failed(THREE, NOON);
        assertThat(open.failures()).isEqualTo(3);
        assertThat(open.state(NOON)).isEqualTo(Breaker.State.OPEN);
        assertThat(open.left(NOON)).isEqualTo(MINUTE);
    }

    @Test
    void aTrialIsDueAtTheVeryMomentThatTheWaitEnds() {
        Breaker open = opened();
        Instant end = NOON.plus(MINUTE);
        assertThat(open.state(end.minusNanos(1))).isEqualTo(Breaker.State.OPEN);
        assertThat(open.left(end.minusNanos(1))).isEqualTo(Duration.ofNanos(1));
        assertThat(open.state(end)).isEqualTo(Breaker.State.HALF_OPEN);
        assertThat(open.left(end)).isZero();
    }

    @Test
    void whatFailsBehindAnOpenBreakerChangesNothing() {
        assertThat(opened().failed(THREE, NOON.plusSeconds(59))).isEqualTo(opened());
    }

    @Test
    void eachTrialThatFailsDoublesTheWaitUpToTheLongest() {
        Breaker breaker = opened();
        Instant now = NOON.plus(MINUTE);
        for (int minutes : List.of(2, 4, 4)) {
            breaker = breaker.failed(THREE, now);
            Instant until = now.plus(Duration.ofMinutes(minutes));
            assertThat(breaker.openUntil()).isEqualTo(until);
            assertThat(breaker.recovery()).isEqualTo(Duration.ofMinutes(minutes));
            now = until;
        }
        assertThat(breaker.failures()).isEqualTo(6);
    }

    private static Breaker opened() {
        return Breaker.CLOSED.failed(THREE, NOON).failed(THREE, NOON).failed(THREE, NOON);
    }
}
