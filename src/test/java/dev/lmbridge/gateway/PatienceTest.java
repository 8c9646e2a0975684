package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.settings.HttpSettings;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PatienceTest {
    private static final Instant BEGAN = Instant.parse("2026-03-01T12:00:00Z");
    private static final HttpSettings.Deadlines DEADLINES = new HttpSettings.Deadlines(
            Duration.ofSeconds(120),
            Duration.ofSeconds(600),
            Duration.ofSeconds(300),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3_600));

    private final Patience stream = new Patience(DEADLINES, BEGAN, true);

    private static Instant at(long seconds) {
        return BEGAN.plusSeconds(seconds);
    }

    private @Nullable String late(long seconds) {
        Failure failure = stream.exceeded(at(seconds));
        return failure == null ? null : failure.detail();
    }

    @Test
    void onlyTheTotalBoundsTheWaitForAnInstance() {
        assertThat(late(3_599)).isNull();
        assertThat(late(3_600)).contains("whole request").contains("3600 s");
    }

    @Test
    void streamMustBeginInTime() {
        stream.sent(at(100));

        assertThat(late(399)).isNull();
        assertThat(late(400)).contains("300 s");
        assertThat(stream.exceeded(at(400)))
                .isNotNull()
                .extracting(Failure::code)
                .isEqualTo(FailureCode.UPSTREAM_TIMEOUT);
    }

    @Test
    void answerInOnePieceMayTakeAsLongAsTheWholeRequest() {
        Patience whole = new Patience(DEADLINES, BEGAN, false);
        whole.sent(at(1));

        assertThat(whole.exceeded(at(3_599))).isNull();
        assertThat(whole.exceeded(at(3_600))).isNotNull();
    }

    @Test
    void everyPieceStartsTheWaitForTheNext() {
        stream.sent(at(0));
        stream.received(at(50));
        stream.received(at(100));

        assertThat(stream.hasReceived()).isTrue();
        assertThat(late(159)).isNull();
        assertThat(late(160)).contains("60 s");
    }

    @Test
    void clientWhoDoesNotReadIsBlamedAndNotTheHost() {
        stream.sent(at(0));
        stream.received(at(10));
        stream.held(at(10));
        stream.held(at(35));

        assertThat(late(39)).isNull();
        assertThat(late(40)).contains("client").contains("30 s");
    }

    @Test
    void hostsClockStandsStillWhileTheClientHoldsUsBack() {
        stream.sent(at(0));
        stream.received(at(10));
        stream.held(at(40));
        stream.released(at(69));

        assertThat(late(128)).isNull();
        assertThat(late(129)).contains("host");
    }

    @Test
    void requestThatIsSentAgainWaitsForItsInstanceLikeANewOne() {
        stream.sent(at(0));
        stream.received(at(1));

        stream.searching();

        assertThat(stream.hasReceived()).isFalse();
        assertThat(late(500)).isNull();
        stream.sent(at(500));
        assertThat(late(799)).isNull();
        assertThat(late(800)).contains("300 s");
    }
}
