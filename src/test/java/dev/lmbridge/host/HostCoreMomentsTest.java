package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.PATIENCE;
import static dev.lmbridge.host.ScriptedHost.POLICY;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.SECOND;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.loadFailed;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the core does at the very moment that a time is up, and what it does not do a nanosecond earlier. */
final class HostCoreMomentsTest {
    private static final Duration BLINK = Duration.ofNanos(1);
    private static final String QWEN_1 = QWEN + "~1";

    private final ScriptedHost host = ScriptedHost.seen();

    private void justBefore(Instant moment) {
        host.clock.set(moment.minus(BLINK));
        host.tick();
    }

    private void at(Instant moment) {
        host.clock.set(moment);
        host.tick();
    }

    @Test
    void patienceOfAQueuedCallerEndsAtItsMoment() {
        host.ensure("anna", QWEN);
        host.ensure("ben", GEMMA);
        Instant end = host.clock.instant().plus(PATIENCE);
        justBefore(end);
        assertThat(host.answersTo("ben")).isEmpty();
        assertThat(host.wakeAt).isBeforeOrEqualTo(end);
        at(end);
        assertThat(host.code("ben")).isEqualTo(FailureCode.QUEUE_TIMEOUT);
        assertThat(host.refusal("ben").retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(host.answersTo("anna")).isEmpty();
    }

    @Test
    void onlyTheImpatientLeaveAnOperationThatSeveralWaitFor() {
        host.ensure("anna", QWEN);
        host.ensure("ben", GEMMA);
        host.clock.advance(SECOND);
        host.ensure("carl", GEMMA);
        at(host.clock.instant().plus(PATIENCE).minus(SECOND));
        assertThat(host.code("ben")).isEqualTo(FailureCode.QUEUE_TIMEOUT);
        assertThat(host.answersTo("carl")).isEmpty();
        assertThat(host.state.queue()).hasSize(1);
        assertThat(host.state.queue().getFirst().callers())
                .extracting(Caller::id)
                .containsExactly("carl");
    }

    @Test
    void aModelThatDoesNotAppearIsGivenUpAtItsMoment() {
        host.ensure("anna", QWEN);
        host.processSucceeds();
        Instant end = host.clock.instant().plus(POLICY.verifyWithin());
        justBefore(end);
        assertThat(host.answersTo("anna")).isEmpty();
        at(end);
        assertThat(host.code("anna")).isEqualTo(FailureCode.MODEL_VERIFICATION_FAILED);
        assertThat(host.refusal("anna").more()).containsEntry("reason", "never_appeared");
    }

    @Test
    void aWakeIsAskedForTheMomentThatAnAppearanceIsDue() {
        host.ensure("anna", QWEN);
        host.processSucceeds();
        assertThat(host.state.looking()).isTrue();
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(POLICY.verifyWithin()));
    }

    @Test
    void whileSomethingIsToAppearTheHostIsPolledOftener() {
        host.ensure("anna", QWEN);
        host.observed();
        assertThat(host.state.lookAt()).isEqualTo(host.clock.instant().plus(POLICY.observeEvery()));
        host.processSucceeds();
        host.observed();
        assertThat(host.state.lookAt()).isEqualTo(host.clock.instant().plus(POLICY.pollEvery()));
        assertThat(host.wakeAt).isEqualTo(host.state.lookAt());
    }

    @Test
    void anIdleHostIsLookedAtSeldom() {
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(POLICY.idleEvery()));
        justBefore(host.wakeAt);
        assertThat(host.state.looking()).isFalse();
        at(host.clock.instant().plus(BLINK));
        assertThat(host.state.looking()).isTrue();
    }

    @Test
    void aViewIsActedOnUntilItIsAMomentTooOld() {
        host.clock.advance(POLICY.freshFor());
        host.ensure("anna", QWEN);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        ScriptedHost late = ScriptedHost.seen();
        late.clock.advance(POLICY.freshFor().plus(BLINK));
        late.ensure("anna", QWEN);
        assertThat(late.all(HostAction.RunLoad.class)).isEmpty();
        assertThat(late.state.looking()).isTrue();
        late.observed();
        assertThat(late.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void aDoubtEndsAtItsMomentAndTheModelIsLoadedAgain() {
        ScriptedHost doubtful = ScriptedHost.persistent(100);
        doubtful.ensure("anna", QWEN);
        doubtful.processFails(loadFailed("killed"));
        Instant end = doubtful.clock.instant().plus(POLICY.doubtFor());
        assertThat(Objects.requireNonNull(
                                doubtful.state.doubts().values().iterator().next())
                        .until())
                .isEqualTo(end);
        doubtful.clock.set(end.minus(BLINK));
        doubtful.observed();
        doubtful.tick();
        assertThat(doubtful.all(HostAction.RunLoad.class)).hasSize(1);
        assertThat(doubtful.told(HostNotice.DoubtOver.class)).isEmpty();
        assertThat(doubtful.wakeAt).isEqualTo(end);
        doubtful.clock.set(end);
        doubtful.tick();
        assertThat(doubtful.told(HostNotice.DoubtOver.class))
                .singleElement()
                .extracting(HostNotice.DoubtOver::appeared)
                .isEqualTo(false);
        assertThat(doubtful.all(HostAction.RunLoad.class)).hasSize(2);
    }

    @Test
    void anInstanceThatGoesWithinTwoSecondsOfItsTtlHasExpired() {
        for (int millis : new int[] {1, 0}) {
            ScriptedHost warm = ScriptedHost.seen(QWEN_1);
            warm.clock.advance(TTL.minusSeconds(2).minusMillis(millis));
            warm.observed();
            assertThat(warm.told(HostNotice.Expired.class)).hasSize(1 - millis);
            assertThat(warm.told(HostNotice.Vanished.class)).hasSize(millis);
        }
    }

    @Test
    void rowsThatToldNoTtlAreAskedForAgainAfterHalfAMinute() {
        ScriptedHost warm = new ScriptedHost();
        warm.observed(QWEN_1);
        warm.rows();
        Instant again = warm.clock.instant().plusSeconds(30);
        warm.clock.set(again.minus(BLINK));
        warm.tick();
        assertThat(warm.all(HostAction.ReadRows.class)).hasSize(1);
        warm.clock.set(again);
        warm.tick();
        assertThat(warm.all(HostAction.ReadRows.class)).hasSize(2);
    }

    @Test
    void noTryBeginsThatCannotEndWithinTheLimitOfAllLoads() {
        for (int extra : new int[] {0, 1}) {
            ScriptedHost exact = new ScriptedHost(new HostPolicy(
                    POLICY.loadTimeout(),
                    POLICY.maxLoad(),
                    POLICY.commandTimeout(),
                    POLICY.verifyWithin(),
                    POLICY.pollEvery(),
                    POLICY.freshFor(),
                    POLICY.observeEvery(),
                    POLICY.idleEvery(),
                    POLICY.queueCapacity(),
                    POLICY.doubtFor(),
                    new HostPolicy.Retrying(3, List.of(SECOND), 0),
                    HostPolicy.Breaking.NEVER));
            exact.observed();
            exact.ensure("anna", QWEN);
            Duration latest = POLICY.maxLoad().minus(POLICY.loadTimeout()).minus(SECOND);
            exact.clock.advance(latest.plusNanos(extra));
            exact.processFails(loadFailed("lms_failed"));
            assertThat(exact.told(HostNotice.Retrying.class)).hasSize(1 - extra);
            assertThat(exact.answersTo("anna")).hasSize(extra);
        }
    }

    @Test
    void growingPercentagesPostponeTheDeadlineUpToTheLimitOfAllLoads() {
        host.ensure("anna", QWEN);
        host.progress(0);
        assertThat(host.all(HostAction.Postpone.class)).isEmpty();
        host.progress(1);
        assertThat(host.last(HostAction.Postpone.class).deadline()).isEqualTo(POLICY.loadTimeout());
        host.progress(1);
        assertThat(host.all(HostAction.Postpone.class)).hasSize(1);
        host.clock.advance(POLICY.maxLoad().minus(SECOND));
        host.progress(50);
        assertThat(host.last(HostAction.Postpone.class).deadline()).isEqualTo(SECOND);
        host.clock.advance(SECOND);
        host.progress(60);
        assertThat(host.all(HostAction.Postpone.class)).hasSize(2);
    }

    @Test
    void theEndOfAProcessThatHasEndedBeforeChangesNothing() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        warm.unload("anna", QWEN, false);
        warm.processSucceeds();
        HostState before = warm.state;
        warm.processFails(Failure.of(FailureCode.HOST_UNAVAILABLE, "late"));
        assertThat(warm.state.running()).isEqualTo(before.running());
        assertThat(warm.answersTo("anna")).isEmpty();

        host.ensure("ben", QWEN);
        host.processSucceeds();
        host.processFails(loadFailed("killed"));
        host.observed(QWEN_1);
        host.progress(99);
        host.rows(row(QWEN_1, TTL));
        assertThat(host.ready("ben").attempts()).isEqualTo(1);
    }

    @Test
    void anUnloadThatDoesNotShowIsGivenUpAtItsMoment() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        warm.unload("anna", QWEN, false);
        warm.processSucceeds();
        Instant end = warm.clock.instant().plus(POLICY.verifyWithin());
        warm.clock.set(end.minus(BLINK));
        warm.observed(QWEN_1);
        warm.tick();
        assertThat(warm.answersTo("anna")).isEmpty();
        assertThat(warm.wakeAt).isEqualTo(end);
        warm.clock.set(end);
        warm.tick();
        assertThat(warm.code("anna")).isEqualTo(FailureCode.UPSTREAM_ERROR);
        assertThat(warm.instance(QWEN_1).admit()).isTrue();
    }

    @Test
    void theTenThousandthCallerOfALoadIsTakenAndTheNextIsNot() {
        for (int each = 1; each <= Requests.MAX_CALLERS; each++) {
            host.ensure("caller-" + each, QWEN);
        }
        assertThat(host.answersTo("caller-" + Requests.MAX_CALLERS)).isEmpty();
        host.ensure("one-more", QWEN);
        assertThat(host.code("one-more")).isEqualTo(FailureCode.QUEUE_FULL);
    }
}
