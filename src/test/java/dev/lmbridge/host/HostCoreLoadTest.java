package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.SECOND;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The way of a load: asked for, run, seen, confirmed, answered. */
final class HostCoreLoadTest {
    private static final String FIRST = QWEN + "~1";

    private final ScriptedHost host = ScriptedHost.seen();

    @Test
    void loadGoesThroughProcessAppearanceAndConfirmationBeforeAnybodyIsAnswered() {
        host.ensure("a", QWEN);
        assertThat(host.last(HostAction.RunLoad.class).identifier()).isEqualTo(FIRST);
        assertThat(host.last(HostAction.RunLoad.class).ttl()).isEqualTo(TTL);

        host.after(SECOND);
        host.processSucceeds();
        assertThat(host.answersTo("a")).isEmpty();
        assertThat(host.all(HostAction.ReadRows.class)).isEmpty();

        host.observed(FIRST);
        assertThat(host.answersTo("a")).isEmpty();
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(1);

        host.rows(row(FIRST, TTL));
        Answer.Ready ready = host.ready("a");
        assertThat(ready.instance().identifier()).isEqualTo(FIRST);
        assertThat(ready.instance().contextLength()).isEqualTo(4_096);
        assertThat(ready.alreadyLoaded()).isFalse();
        assertThat(ready.attempts()).isEqualTo(1);
        assertThat(ready.ttl()).isEqualTo(TTL);
        assertThat(ready.expiresAt()).isEqualTo(host.clock.instant().plus(TTL));
        assertThat(ready.warnings()).isEmpty();
        assertThat(host.told(HostNotice.LoadSucceeded.class))
                .singleElement()
                .satisfies(told -> assertThat(told.took()).isEqualTo(SECOND));
    }

    @Test
    void loadedModelAnswersAtOnce() {
        ScriptedHost warm = ScriptedHost.seen(FIRST);

        warm.ensure("a", QWEN);
        warm.ensure("b", FIRST);

        assertThat(warm.ready("a").alreadyLoaded()).isTrue();
        assertThat(warm.ready("a").attempts()).isZero();
        assertThat(warm.ready("b").instance().identifier()).isEqualTo(FIRST);
        assertThat(warm.all(HostAction.RunLoad.class)).isEmpty();
    }

    @Test
    void hundredCallersOfOneModelCauseOneLoad() {
        IntStream.range(0, 50).forEach(each -> host.ensure("early" + each, QWEN));
        host.processSucceeds();
        IntStream.range(0, 50).forEach(each -> host.ensure("late" + each, QWEN));
        host.observed(FIRST);
        host.rows(row(FIRST, TTL));

        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        assertThat(host.all(HostAction.Reply.class))
                .hasSize(100)
                .extracting(HostAction.Reply::caller)
                .doesNotHaveDuplicates();
        assertThat(host.ready("late49").instance().identifier()).isEqualTo(FIRST);
    }

    @Test
    void callersOfOneFailedLoadAllGetItsError() {
        host.ensure("a", QWEN);
        host.ensure("b", QWEN);

        host.processFails(Failure.of(FailureCode.INSUFFICIENT_MEMORY, "No."));

        assertThat(host.code("a")).isEqualTo(FailureCode.INSUFFICIENT_MEMORY);
        assertThat(host.code("b")).isEqualTo(FailureCode.INSUFFICIENT_MEMORY);
        assertThat(host.told(HostNotice.LoadFailed.class)).hasSize(1);
    }

    @Test
    void queuedLoadTakesTheLongestTtlThatWasAskedFor() {
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA, Duration.ofMinutes(1), null, null);
        host.ensure("c", GEMMA, Duration.ofMinutes(30), null, null);
        host.ensure("d", GEMMA, Duration.ofMinutes(5), null, null);

        host.loadCompletes();

        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(GEMMA);
        assertThat(host.last(HostAction.RunLoad.class).ttl()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void loadUnderWayKeepsItsTtlAndTheBridgeTheLongestAskedFor() {
        host.ensure("a", QWEN, Duration.ofMinutes(1), null, null);
        host.ensure("b", QWEN, Duration.ofMinutes(30), null, null);

        host.loadCompletes();

        assertThat(host.all(HostAction.RunLoad.class))
                .singleElement()
                .satisfies(load -> assertThat(load.ttl()).isEqualTo(Duration.ofMinutes(1)));
        assertThat(host.ready("a").warnings()).isEmpty();
        assertThat(host.ready("b").warnings()).isEmpty();
        assertThat(host.ready("b").ttl()).isEqualTo(Duration.ofMinutes(30));
        assertThat(host.ready("b").expiresAt()).isEqualTo(host.clock.instant().plus(Duration.ofMinutes(30)));
    }

    @Test
    void unknownNameIsRefusedWithTheNearestOnesFirst() {
        host.ensure("a", "Qwen/Qwen3-4B");

        assertThat(host.code("a")).isEqualTo(FailureCode.MODEL_NOT_FOUND);
        assertThat(host.refusal("a").available()).containsExactly(QWEN, GEMMA);
        assertThat(host.all(HostAction.RunLoad.class)).isEmpty();
    }

    @Test
    void modelThatNeverAppearsFailsItsVerification() {
        host.ensure("a", QWEN);
        host.processSucceeds();
        host.observed();

        host.after(Duration.ofSeconds(19));
        host.observed();
        assertThat(host.answersTo("a")).isEmpty();
        host.after(SECOND);

        assertThat(host.code("a")).isEqualTo(FailureCode.MODEL_VERIFICATION_FAILED);
        assertThat(host.refusal("a").detail()).contains("memory pressure");
        assertThat(host.refusal("a").more()).containsEntry("reason", "never_appeared");
    }

    @Test
    void modelThatVanishesAtOnceFailsItsVerification() {
        host.ensure("a", QWEN);
        host.processSucceeds();
        host.observed(FIRST);

        host.rows(row("somebody/else", null));

        assertThat(host.code("a")).isEqualTo(FailureCode.MODEL_VERIFICATION_FAILED);
        assertThat(host.refusal("a").detail()).contains("memory pressure");
        assertThat(host.refusal("a").more()).containsEntry("reason", "vanished");
        assertThat(host.state.instances()).isEmpty();
    }

    @Test
    void rowsThatWereReadBeforeItAppearedAreReadAgain() {
        ScriptedHost other = ScriptedHost.seen();
        other.observed("foreign");
        assertThat(other.all(HostAction.ReadRows.class)).hasSize(1);
        Instant readingSince = other.clock.instant();
        other.ensure("a", QWEN);
        other.after(SECOND);
        other.processSucceeds();
        other.observed("foreign", FIRST);

        other.on(new HostEvent.RowsRead(List.of(row("foreign", null)), readingSince));

        assertThat(other.answersTo("a")).isEmpty();
        assertThat(other.all(HostAction.ReadRows.class)).hasSize(2);
        other.rows(row("foreign", null), row(FIRST, TTL));
        assertThat(other.ready("a").instance().identifier()).isEqualTo(FIRST);
    }

    @Test
    void failedPsLeavesTheModelUsableAndItsTtlUnconfirmed() {
        host.ensure("a", QWEN);
        host.processSucceeds();
        host.observed(FIRST);

        host.on(new HostEvent.RowsFailed(
                Failure.of(FailureCode.MODEL_LOAD_FAILED, "Timed out."), host.clock.instant()));

        assertThat(host.ready("a").warnings()).containsExactly("ttl_unconfirmed");
        assertThat(host.ready("a").ttl()).isEqualTo(TTL);
        assertThat(host.instance(FIRST).ttl()).isNull();
        assertThat(host.told(HostNotice.RowsUnread.class)).hasSize(1);
    }

    @Test
    void unknownTtlIsAskedForAgainLater() {
        host.ensure("a", QWEN);
        host.processSucceeds();
        host.observed(FIRST);
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "No."), host.clock.instant()));
        host.after(SECOND);
        assertThat(host.all(HostAction.ReadRows.class)).as("one more time soon").hasSize(2);
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "No."), host.clock.instant()));
        host.after(Duration.ofSeconds(29));
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(2);

        host.after(SECOND);

        assertThat(host.all(HostAction.ReadRows.class)).hasSize(3);
        host.rows(row(FIRST, TTL));
        assertThat(host.instance(FIRST).ttl()).isEqualTo(TTL);
    }

    @Test
    void otherTtlThanTheOneAskedForIsTold() {
        host.ensure("a", QWEN);
        host.processSucceeds();
        host.observed(FIRST);

        host.rows(row(FIRST, null));

        assertThat(host.ready("a").warnings()).containsExactly("ttl_differs");
    }

    @Test
    void smallerContextThanTheOneAskedForIsTold() {
        host.ensure("a", QWEN, TTL, 8_192, null);
        assertThat(host.last(HostAction.RunLoad.class).contextLength()).isEqualTo(8_192);

        host.loadCompletes();

        assertThat(host.ready("a").warnings()).containsExactly("context_length_differs");
    }

    @Test
    void loadedModelWithTooLittleContextIsNotTornAway() {
        ScriptedHost warm = ScriptedHost.seen(FIRST);

        warm.ensure("a", QWEN, TTL, 8_192, null);
        warm.ensure("b", QWEN, TTL, 4_096, null);

        assertThat(warm.code("a")).isEqualTo(FailureCode.MODEL_BUSY);
        assertThat(warm.refusal("a").detail()).contains("4096").contains("8192");
        assertThat(warm.ready("b").instance().identifier()).isEqualTo(FIRST);
    }

    @Test
    void callerWhoWantsMoreContextThanTheLoadUnderWayIsToldWhenItsTurnComes() {
        host.ensure("a", QWEN);
        host.ensure("b", QWEN, TTL, 8_192, null);

        host.loadCompletes();

        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        assertThat(host.code("b")).isEqualTo(FailureCode.MODEL_BUSY);
    }

    @Test
    void modelThatLmsDoesNotFindMeansThatTheCatalogueIsStale() {
        host.ensure("a", QWEN);
        int looks = host.all(HostAction.Look.class).size();

        host.processFails(Failure.of(FailureCode.MODEL_NOT_FOUND, "lms said so."));

        assertThat(host.code("a")).isEqualTo(FailureCode.MODEL_NOT_FOUND);
        assertThat(host.refusal("a").available()).containsExactly(GEMMA);
        assertThat(host.all(HostAction.Look.class)).hasSize(looks + 1);
    }

    @Test
    void modelThatAppearsAfterItsLoadFailedIsUsed() {
        host.ensure("a", QWEN);
        host.processFails(Failure.of(FailureCode.MODEL_LOAD_FAILED, "Timed out."));

        host.observed(FIRST);
        host.ensure("b", QWEN);

        assertThat(host.ready("b").instance().identifier()).isEqualTo(FIRST);
        assertThat(host.ready("b").instance().foreign()).isFalse();
    }

    @Test
    void takenIdentifierIsALoadOfAKilledPredecessorAndIsWaitedFor() {
        host.ensure("a", QWEN);
        host.processFails(
                Failure.of(FailureCode.MODEL_LOAD_FAILED, "It is taken.").with("reason", "identifier_taken"));
        assertThat(host.answersTo("a")).isEmpty();

        host.observed(FIRST);
        host.rows(row(FIRST, TTL));

        assertThat(host.ready("a").instance().identifier()).isEqualTo(FIRST);
    }

    @Test
    void identifiersAreNeverUsedTwice() {
        host.ensure("a", QWEN);
        host.processFails(Failure.of(FailureCode.MODEL_LOAD_FAILED, "No."));

        host.ensure("b", QWEN);
        assertThat(host.last(HostAction.RunLoad.class).identifier()).isEqualTo(QWEN + "~2");
        host.loadCompletes();
        host.observed();

        host.ensure("c", QWEN);
        assertThat(host.last(HostAction.RunLoad.class).identifier()).isEqualTo(QWEN + "~3");
    }

    @Test
    void numberOfAnInstanceThatIsThereIsNotGivenAgain() {
        ScriptedHost restarted = ScriptedHost.seen(QWEN + "~7");
        restarted.instance(QWEN + "~7").usage().gate().close();

        restarted.ensure("a", QWEN);

        assertThat(restarted.last(HostAction.RunLoad.class).identifier()).isEqualTo(QWEN + "~8");
    }

    @Test
    void growingPercentagePostponesTheDeadlineUpToTheLimitOfAllLoads() {
        host.ensure("a", QWEN);
        assertThat(host.last(HostAction.RunLoad.class).deadline()).isEqualTo(Duration.ofSeconds(60));

        host.after(Duration.ofSeconds(30));
        host.progress(10);
        assertThat(host.last(HostAction.Postpone.class).deadline()).isEqualTo(Duration.ofSeconds(60));

        host.progress(10);
        host.progress(5);
        assertThat(host.all(HostAction.Postpone.class)).hasSize(1);

        host.after(Duration.ofSeconds(550));
        host.progress(50);
        assertThat(host.last(HostAction.Postpone.class).deadline()).isEqualTo(Duration.ofSeconds(20));

        host.after(Duration.ofSeconds(20));
        host.progress(60);
        assertThat(host.all(HostAction.Postpone.class)).hasSize(2);
    }

    @Test
    void largeModelGetsMoreTimeButNeverMoreThanTheLimit() {
        host.disk = List.of(ScriptedHost.model(QWEN, 10L << 30), ScriptedHost.model(GEMMA, 4L << 40));
        host.observed();

        host.ensure("a", QWEN);
        assertThat(host.last(HostAction.RunLoad.class).deadline()).isEqualTo(Duration.ofSeconds(100));
        host.processFails(Failure.of(FailureCode.MODEL_LOAD_FAILED, "No."));
        host.ensure("b", GEMMA);

        assertThat(host.last(HostAction.RunLoad.class).deadline()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void lateWordFromAnEarlierProcessChangesNothing() {
        host.ensure("a", QWEN);
        long earlier = host.operation();
        host.processFails(Failure.of(FailureCode.MODEL_LOAD_FAILED, "No."));
        host.ensure("b", QWEN);

        host.on(new HostEvent.ProcessEnded(earlier, null));
        host.on(new HostEvent.LoadProgressed(earlier, 99));
        host.observed(QWEN + "~2");

        assertThat(host.answersTo("b")).isEmpty();
        assertThat(host.view.waiting())
                .singleElement()
                .satisfies(one -> assertThat(one.percent()).isNegative());
    }

    @Test
    void aModelThatVanishesBeforeItsTtlIsReadIsNotReady() {
        ScriptedHost host = ScriptedHost.seen();
        host.ensure("anna", QWEN);
        host.processSucceeds();
        host.observed(QWEN + "~1");
        host.clock.advance(SECOND);
        host.observed();
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "it hangs"), host.clock.instant()));
        assertThat(host.refusal("anna").code()).isEqualTo(FailureCode.MODEL_VERIFICATION_FAILED);
        assertThat(host.state.instances()).isEmpty();
    }

    @Test
    void whatOnlyALookHasShownIsNoYoungerThanThatLook() {
        host.ensure("a", QWEN);
        host.processSucceeds();
        String identifier = host.last(HostAction.RunLoad.class).identifier();
        host.observed(identifier);
        Instant shown = host.clock.instant();
        host.clock.advance(Duration.ofSeconds(15));
        Instant asked = host.clock.instant();
        host.clock.advance(Duration.ofMillis(10));
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "no"), shown));
        assertThat(host.ready("a").instance().verifiedAt()).isEqualTo(shown);

        host.observedSince(asked);

        assertThat(host.state.instances()).isEmpty();
    }
}
