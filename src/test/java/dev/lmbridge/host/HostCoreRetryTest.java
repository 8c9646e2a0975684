package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.SECOND;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.loadFailed;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostCoreRetryTest {
    private final ScriptedHost host = ScriptedHost.persistent(100);

    @Test
    void aProcessThatFailedIsTriedAgainAfterGrowingPausesUnderNewNames() {
        host.ensure("anna", QWEN);
        host.processFails(loadFailed("lms_failed"));
        assertThat(host.answersTo("anna")).isEmpty();
        assertThat(host.told(HostNotice.Retrying.class).getLast().pause())
                .isBetween(Duration.ofMillis(900), Duration.ofMillis(1_100));
        host.pause();
        host.processFails(loadFailed("lms_failed"));
        assertThat(host.told(HostNotice.Retrying.class).getLast().pause())
                .isBetween(Duration.ofMillis(1_800), Duration.ofMillis(2_200));
        host.pause();
        host.loadCompletes();
        assertThat(host.ready("anna").attempts()).isEqualTo(3);
        assertThat(host.ready("anna").alreadyLoaded()).isFalse();
        assertThat(host.all(HostAction.RunLoad.class))
                .extracting(HostAction.RunLoad::identifier)
                .containsExactly(QWEN + "~1", QWEN + "~2", QWEN + "~3");
    }

    @Test
    void theCoreAsksToBeWokenForTheNextTry() {
        host.ensure("anna", QWEN);
        host.processFails(loadFailed("lms_failed"));
        Duration pause = host.told(HostNotice.Retrying.class).getLast().pause();
        host.observed();
        assertThat(Duration.between(host.clock.instant(), host.wakeAt)).isLessThanOrEqualTo(pause);
        host.clock.set(host.clock.instant().plus(pause).minusNanos(1));
        host.tick();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        host.clock.advance(Duration.ofNanos(1));
        host.tick();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(2);
    }

    @Test
    void afterTheLastTryTheFailureGoesToEveryCaller() {
        host.ensure("anna", QWEN);
        host.ensure("ben", QWEN);
        for (int attempt = 1; attempt <= 3; attempt++) {
            host.processFails(loadFailed("lms_failed"));
            host.pause();
        }
        host.processFails(loadFailed("raced"));
        assertThat(host.refusal("anna").more()).containsEntry("reason", "raced");
        assertThat(host.code("ben")).isEqualTo(FailureCode.MODEL_LOAD_FAILED);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(4);
        host.pause();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(4);
    }

    @Test
    void theNextTryTakesTheLongestTtlAskedForMeanwhile() {
        host.ensure("anna", QWEN, SECOND, null, null);
        host.ensure("ben", QWEN, TTL, null, null);
        assertThat(host.last(HostAction.RunLoad.class).ttl()).isEqualTo(SECOND);
        host.processFails(loadFailed("lms_failed"));
        host.pause();
        assertThat(host.last(HostAction.RunLoad.class).ttl()).isEqualTo(TTL);
    }

    @Test
    void aModelThatNeverAppearedIsTriedAgain() {
        host.ensure("anna", QWEN);
        host.processSucceeds();
        host.clock.advance(Duration.ofSeconds(21));
        host.observed();
        host.tick();
        assertThat(host.answersTo("anna")).isEmpty();
        host.pause();
        host.loadCompletes();
        assertThat(host.ready("anna").attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL_NOT_FOUND", "INSUFFICIENT_MEMORY", "LMS_NOT_INSTALLED"})
    void whatAnotherTryCannotMendGoesToTheCallerAtOnce(FailureCode code) {
        host.ensure("anna", QWEN);
        host.processFails(Failure.of(code, "no"));
        assertThat(host.code("anna")).isEqualTo(code);
        host.pause();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unsupported_lms", "key_file"})
    void argumentsThatLmsDoesNotTakeAreNotTriedAgain(String reason) {
        host.ensure("anna", QWEN);
        host.processFails(loadFailed(reason));
        assertThat(host.code("anna")).isEqualTo(FailureCode.MODEL_LOAD_FAILED);
    }

    @Test
    void anotherModelIsLoadedDuringThePause() {
        host.ensure("anna", QWEN);
        host.ensure("ben", GEMMA);
        host.processFails(loadFailed("lms_failed"));
        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(GEMMA);
        host.loadCompletes();
        assertThat(host.ready("ben").attempts()).isEqualTo(1);
        host.clock.advance(Duration.ofSeconds(2));
        host.observed(GEMMA + "~1");
        host.tick();
        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(QWEN);
    }

    @Test
    void whoComesDuringThePauseJoins() {
        host.ensure("anna", QWEN);
        host.processFails(loadFailed("lms_failed"));
        host.ensure("ben", QWEN, TTL.multipliedBy(2), null, null);
        host.pause();
        assertThat(host.last(HostAction.RunLoad.class).ttl()).isEqualTo(TTL.multipliedBy(2));
        host.loadCompletes();
        assertThat(host.ready("ben").attempts()).isEqualTo(2);
        assertThat(host.ready("anna").attempts()).isEqualTo(2);
    }

    @Test
    void nobodyIsTriedForWhenAllHaveLeft() {
        host.ensure("anna", QWEN);
        host.on(new HostEvent.CallerLeft("anna"));
        host.processFails(loadFailed("lms_failed"));
        host.pause();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void noTryBeginsThatCannotEndInTime() {
        host.ensure("anna", QWEN);
        host.clock.advance(Duration.ofMinutes(9).plusSeconds(1));
        host.observed();
        host.processFails(loadFailed("lms_failed"));
        assertThat(host.code("anna")).isEqualTo(FailureCode.MODEL_LOAD_FAILED);
    }

    @Test
    void aLoadThatWasEndedByForceIsNotRepeatedWhileItMayGoOn() {
        host.ensure("anna", QWEN);
        host.processFails(loadFailed("timeout"));
        host.clock.advance(Duration.ofSeconds(59));
        host.observed();
        host.tick();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        host.clock.advance(Duration.ofSeconds(1));
        host.observed();
        host.tick();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(2);
        assertThat(host.told(HostNotice.DoubtOver.class))
                .singleElement()
                .satisfies(over -> assertThat(over.appeared()).isFalse());
    }

    @Test
    void aLoadThatAppearsAfterItWasEndedIsUsed() {
        host.ensure("anna", QWEN);
        host.processFails(loadFailed("timeout"));
        host.after(Duration.ofSeconds(5));
        host.observed(QWEN + "~1");
        assertThat(host.ready("anna").instance().identifier()).isEqualTo(QWEN + "~1");
        assertThat(host.ready("anna").instance().foreign()).isFalse();
        assertThat(host.state.doubts()).isEmpty();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void whoAsksForADoubtfulModelWaitsAndIsToldWhy() {
        host.ensure("anna", QWEN);
        host.on(new HostEvent.CallerLeft("anna"));
        host.processFails(loadFailed("timeout"));
        host.on(new HostEvent.EnsureAsked(
                "ben", QWEN, TTL, null, host.clock.instant().plusSeconds(10), null));
        host.clock.advance(Duration.ofSeconds(10));
        host.observed();
        host.tick();
        assertThat(host.code("ben")).isEqualTo(FailureCode.QUEUE_TIMEOUT);
        assertThat(host.refusal("ben").detail()).contains("may still go on at the host");
    }

    @Test
    void aLoadThatNobodyWaitsForAnyMoreGoesOnUnlessItKeepsOthersWaiting() {
        host.ensure("anna", QWEN);
        host.on(new HostEvent.CallerLeft("anna"));
        assertThat(host.all(HostAction.Interrupt.class)).isEmpty();
        host.ensure("ben", GEMMA);
        assertThat(host.all(HostAction.Interrupt.class)).hasSize(1);
        host.after(Duration.ofSeconds(1));
        assertThat(host.all(HostAction.Interrupt.class)).hasSize(1);
        host.processFails(loadFailed("cancelled"));
        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(GEMMA);
    }

    @Test
    void whoAsksForALoadThatIsBeingEndedWaitsForItsDoubt() {
        host.ensure("anna", QWEN);
        host.on(new HostEvent.CallerLeft("anna"));
        host.ensure("ben", GEMMA);
        host.ensure("carl", QWEN);
        host.processFails(loadFailed("killed"));
        host.loadCompletes();
        assertThat(host.answersTo("carl")).isEmpty();
        host.clock.advance(Duration.ofSeconds(60));
        host.observed(GEMMA + "~1");
        host.tick();
        host.processSucceeds();
        host.observed(GEMMA + "~1", QWEN + "~2");
        host.rows(row(GEMMA + "~1", TTL), row(QWEN + "~2", TTL));
        assertThat(host.ready("carl").attempts()).isEqualTo(1);
    }

    @Test
    void theSameSeedGivesTheSamePauses() {
        List<Duration> first = pauses(ScriptedHost.persistent(100));
        assertThat(pauses(ScriptedHost.persistent(100))).isEqualTo(first);
        assertThat(first).doesNotHaveDuplicates();
    }

    private static List<Duration> pauses(ScriptedHost one) {
        one.ensure("anna", QWEN);
        for (int attempt = 1; attempt <= 3; attempt++) {
            one.processFails(loadFailed("lms_failed"));
            one.pause();
        }
        return one.told(HostNotice.Retrying.class).stream()
                .map(HostNotice.Retrying::pause)
                .toList();
    }
}
