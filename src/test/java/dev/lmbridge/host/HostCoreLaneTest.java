package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.PATIENCE;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.SECOND;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The one lane of a host: order, queue, leaving, unloads, shutdown. */
final class HostCoreLaneTest {
    private static final Failure NO = Failure.of(FailureCode.MODEL_LOAD_FAILED, "No.");
    private static final String QWEN_1 = QWEN + "~1";

    private final ScriptedHost host = ScriptedHost.seen();

    @Test
    void secondModelWaitsForTheFirst() {
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        assertThat(host.view.waiting()).extracting(HostView.Waiting::position).containsExactly(0, 1);

        host.loadCompletes();

        assertThat(host.all(HostAction.RunLoad.class))
                .extracting(load -> load.key().value())
                .containsExactly(QWEN, GEMMA);
    }

    @Test
    void failedLoadDoesNotHoldUpTheNext() {
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);

        host.processFails(NO);

        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(GEMMA);
    }

    @Test
    void fullQueueRefusesAtOnceAndSaysWhenToComeBack() {
        host.disk = List.of(
                ScriptedHost.model("a", 0),
                ScriptedHost.model("b", 0),
                ScriptedHost.model("c", 0),
                ScriptedHost.model("d", 0),
                ScriptedHost.model("e", 0));
        host.observed();
        List.of("a", "b", "c", "d").forEach(model -> host.ensure("for " + model, model));

        host.ensure("for e", "e");
        host.unload("gone", "e", false);
        host.ensure("joins", "d");

        assertThat(host.state.queue()).hasSize(3);
        assertThat(host.code("for e")).isEqualTo(FailureCode.QUEUE_FULL);
        assertThat(host.refusal("for e").retryAfter()).isPositive();
        assertThat(host.code("gone")).isEqualTo(FailureCode.QUEUE_FULL);
        assertThat(host.answersTo("joins")).isEmpty();
    }

    @Test
    void callerWhoseTurnDoesNotComeInTimeIsRefusedAndItsOperationDropped() {
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);
        host.after(SECOND);
        host.ensure("c", GEMMA);

        host.after(PATIENCE.minus(SECOND));
        assertThat(host.code("b")).isEqualTo(FailureCode.QUEUE_TIMEOUT);
        assertThat(host.refusal("b").retryAfter()).isPositive();
        assertThat(host.answersTo("c")).isEmpty();
        assertThat(host.answersTo("a")).isEmpty();

        host.after(SECOND);
        assertThat(host.code("c")).isEqualTo(FailureCode.QUEUE_TIMEOUT);
        assertThat(host.state.queue()).isEmpty();
    }

    @Test
    void queuedOperationThatNobodyWaitsForIsDropped() {
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);
        host.ensure("c", GEMMA);

        host.on(new HostEvent.CallerLeft("b"));
        assertThat(host.state.queue()).hasSize(1);
        host.on(new HostEvent.CallerLeft("c"));

        assertThat(host.state.queue()).isEmpty();
        assertThat(host.answersTo("b")).isEmpty();
    }

    @Test
    void loadUnderWayGoesOnWhenItsCallerLeaves() {
        host.ensure("a", QWEN);

        host.on(new HostEvent.CallerLeft("a"));
        host.loadCompletes();

        assertThat(host.answersTo("a")).isEmpty();
        assertThat(host.all(HostAction.Interrupt.class)).isEmpty();
        assertThat(host.state.instances()).containsKey(QWEN_1);
    }

    @Test
    void callerWhoLeavesBeforeTheLookIsForgotten() {
        host.after(Duration.ofSeconds(5));
        host.ensure("a", QWEN);

        host.on(new HostEvent.CallerLeft("a"));
        host.observed();

        assertThat(host.all(HostAction.RunLoad.class)).isEmpty();
        assertThat(host.answersTo("a")).isEmpty();
    }

    @Test
    void modelInUseIsNotUnloaded() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        assertThat(warm.instance(QWEN_1).admit()).isTrue();

        warm.unload("u", QWEN, false);

        assertThat(warm.code("u")).isEqualTo(FailureCode.MODEL_BUSY);
        assertThat(warm.refusal("u").more()).containsEntry("inFlight", 1);
        assertThat(warm.all(HostAction.RunUnload.class)).isEmpty();
        warm.instance(QWEN_1).leave();
        warm.unload("v", QWEN, false);
        assertThat(warm.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void useThatBeginsWhileAnUnloadIsQueuedStopsIt() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1, QWEN + "~2");
        warm.ensure("a", GEMMA);
        warm.unload("u", QWEN, false);
        assertThat(warm.instance(QWEN + "~2").admit()).isTrue();

        warm.processFails(NO);

        assertThat(warm.code("u")).isEqualTo(FailureCode.MODEL_BUSY);
        assertThat(warm.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(warm.instance(QWEN_1).admit()).isTrue();
        assertThat(warm.instance(QWEN + "~2").admit()).isTrue();
    }

    @Test
    void modelThatCallersWaitForIsNotUnloadedBehindItsLoad() {
        host.ensure("a", QWEN);
        host.ensure("b", QWEN);

        host.unload("u", QWEN, false);
        host.unload("f", QWEN, true);
        host.loadCompletes();

        assertThat(host.code("u")).isEqualTo(FailureCode.MODEL_BUSY);
        assertThat(host.refusal("u").more()).containsEntry("inFlight", 2);
        assertThat(host.all(HostAction.RunUnload.class)).as("by force").hasSize(1);
    }

    @Test
    void forceUnloadsWhatIsInUse() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        assertThat(warm.instance(QWEN_1).admit()).isTrue();

        warm.unload("u", QWEN, true);

        assertThat(warm.last(HostAction.EndUsers.class).identifier()).isEqualTo(QWEN_1);
        assertThat(warm.instance(QWEN_1).admit()).isFalse();
        warm.after(Duration.ofMillis(1_999));
        assertThat(warm.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(warm.wakeAt).isEqualTo(warm.clock.instant().plusMillis(1));
        warm.after(Duration.ofMillis(1));
        assertThat(warm.last(HostAction.RunUnload.class).identifier()).isEqualTo(QWEN_1);
        assertThat(warm.instance(QWEN_1).admit()).isFalse();
    }

    @Test
    void forceDoesNotWaitForWhoHasLeft() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        assertThat(warm.instance(QWEN_1).admit()).isTrue();
        warm.unload("u", QWEN, true);

        warm.instance(QWEN_1).leave();
        assertThat(warm.wakeAt).isEqualTo(warm.clock.instant().plusMillis(50));
        warm.after(Duration.ofMillis(50));

        assertThat(warm.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void instanceThatIsBeingUnloadedAdmitsNobodyAndIsGoneOnceALookShowsIt() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1, QWEN + "~2");

        warm.unload("u", QWEN, false);
        assertThat(warm.last(HostAction.RunUnload.class).identifier()).isEqualTo(QWEN_1);
        assertThat(warm.instance(QWEN_1).admit()).isFalse();
        assertThat(warm.instance(QWEN + "~2").admit()).isFalse();
        warm.processSucceeds();
        warm.observed(QWEN_1, QWEN + "~2");
        assertThat(warm.all(HostAction.RunUnload.class)).hasSize(1);

        warm.observed(QWEN + "~2");
        assertThat(warm.all(HostAction.RunUnload.class)).hasSize(2);
        assertThat(warm.last(HostAction.RunUnload.class).identifier()).isEqualTo(QWEN + "~2");
        warm.processSucceeds();
        warm.observed();

        assertThat(warm.answerTo("u"))
                .isInstanceOfSatisfying(
                        Answer.Unloaded.class,
                        unloaded -> assertThat(unloaded.identifiers()).containsExactly(QWEN_1, QWEN + "~2"));
        assertThat(warm.told(HostNotice.Unloaded.class)).hasSize(2);
    }

    @Test
    void lookThatBeganBeforeTheUnloadEndedDoesNotProveIt() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        warm.unload("u", QWEN, false);
        warm.after(SECOND);
        Instant before = warm.clock.instant();
        warm.after(SECOND);
        warm.processSucceeds();

        warm.observedSince(before);

        assertThat(warm.answersTo("u")).isEmpty();
        warm.observed();
        assertThat(warm.answerTo("u")).isInstanceOf(Answer.Unloaded.class);
    }

    @Test
    void unloadThatFailsOpensTheInstanceAgain() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        warm.unload("u", QWEN, false);

        warm.processFails(Failure.of(FailureCode.UPSTREAM_ERROR, "No."));

        assertThat(warm.code("u")).isEqualTo(FailureCode.UPSTREAM_ERROR);
        assertThat(warm.instance(QWEN_1).admit()).isTrue();
    }

    @Test
    void instanceThatStaysAfterItsUnloadIsToldAndOpenedAgain() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        warm.unload("u", QWEN, false);
        warm.processSucceeds();
        warm.observed(QWEN_1);

        warm.after(Duration.ofSeconds(20));

        assertThat(warm.code("u")).isEqualTo(FailureCode.UPSTREAM_ERROR);
        assertThat(warm.refusal("u").detail()).contains(QWEN_1);
        assertThat(warm.instance(QWEN_1).admit()).isTrue();
    }

    @Test
    void unloadOfWhatIsNotLoadedIsDoneAtOnce() {
        host.unload("u", QWEN, false);
        host.unload("v", "qwen/qwen3", false);

        assertThat(host.answerTo("u"))
                .isInstanceOfSatisfying(
                        Answer.Unloaded.class,
                        unloaded -> assertThat(unloaded.identifiers()).isEmpty());
        assertThat(host.code("v")).isEqualTo(FailureCode.MODEL_NOT_FOUND);
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
    }

    @Test
    void callerWhoNeedsAModelThatIsBeingUnloadedGetsANewOne() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        warm.unload("u", QWEN, false);
        warm.ensure("a", QWEN);
        assertThat(warm.answersTo("a")).isEmpty();

        warm.processSucceeds();
        warm.observed();
        warm.loadCompletes();

        assertThat(warm.ready("a").instance().identifier()).isEqualTo(QWEN + "~2");
    }

    @Test
    void instanceThatComesBackWhileItsUnloadRunsAdmitsNobody() {
        ScriptedHost warm = ScriptedHost.seen(QWEN, GEMMA);
        warm.unload("u", QWEN, false);
        warm.after(SECOND);
        warm.observed(GEMMA);
        warm.after(SECOND);

        warm.observed(QWEN, GEMMA);

        assertThat(warm.instance(QWEN).admit()).isFalse();
        warm.processFails(NO);
        assertThat(warm.instance(QWEN).admit()).isTrue();
    }

    @Test
    void shutdownAnswersEverybodyAndEndsWhatRuns() {
        host.ensure("running", QWEN);
        host.ensure("queued", GEMMA);
        host.ensure("undecided", QWEN, TTL, null, host.clock.instant().plus(SECOND));

        host.on(new HostEvent.ShutdownAsked());

        for (String caller : List.of("running", "queued", "undecided")) {
            assertThat(host.code(caller)).isEqualTo(FailureCode.SHUTTING_DOWN);
        }
        assertThat(host.all(HostAction.Interrupt.class))
                .containsExactly(new HostAction.Interrupt(
                        host.last(HostAction.RunLoad.class).operation()));
        host.ensure("late", QWEN);
        assertThat(host.code("late")).isEqualTo(FailureCode.SHUTTING_DOWN);
        host.processFails(NO);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        assertThat(host.answersTo("running")).hasSize(1);
    }

    @Test
    void anUnloadOfTwoLeavesTheSecondToWhoHasLeasedItMeanwhile() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1, QWEN + "~2");
        warm.unload("caller", QWEN, false);
        warm.on(new HostEvent.LeaseAsked("holder", "lease-1", QWEN, "test", SECOND.multipliedBy(60)));
        warm.processSucceeds();
        warm.after(SECOND);
        warm.observed(QWEN + "~2");

        assertThat(warm.all(HostAction.RunUnload.class)).hasSize(1);
        assertThat(warm.code("caller")).isEqualTo(FailureCode.MODEL_BUSY);
        assertThat(warm.instance(QWEN + "~2").isOpen()).isTrue();
    }

    @Test
    void anUnloadOfTwoBeginsNoSecondProcessAfterTheShutdown() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1, QWEN + "~2");
        warm.unload("caller", QWEN, false);
        warm.processSucceeds();
        warm.on(new HostEvent.ShutdownAsked());

        warm.after(SECOND);
        warm.observed(QWEN + "~2");

        assertThat(warm.all(HostAction.RunUnload.class)).hasSize(1);
        assertThat(warm.code("caller")).isEqualTo(FailureCode.SHUTTING_DOWN);
        assertThat(warm.instance(QWEN + "~2").isOpen())
                .as("what stays serves those who are still to be served")
                .isTrue();
    }

    @Test
    void nothingIsDueAfterTheShutdown() {
        host.on(new HostEvent.ShutdownAsked());
        host.after(Duration.ofHours(1));

        assertThat(host.wakeAt).isEqualTo(Instant.MAX);
        assertThat(host.all(HostAction.Look.class)).isEmpty();
    }
}
