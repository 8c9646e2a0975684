package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.loadFailed;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What observers are told and callers read, and the small print of requests. */
final class HostCoreNoticesTest {
    private static final ModelKey QWEN_KEY = new ModelKey(QWEN);
    private static final String QWEN_1 = QWEN + "~1";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Failure NO_LMS = Failure.of(FailureCode.LMS_NOT_INSTALLED, "no lms");

    private final ScriptedHost host = ScriptedHost.persistent(2);

    @Test
    void aLoadTellsOfItsStepsInOrder() {
        host.ensure("anna", QWEN);
        host.progress(40);
        host.clock.advance(Duration.ofSeconds(3));
        host.loadCompletes();
        assertThat(host.told(HostNotice.Queued.class)).containsExactly(new HostNotice.Queued(QWEN_KEY, 1));
        assertThat(host.told(HostNotice.Loading.class))
                .containsExactly(
                        new HostNotice.Loading(QWEN_KEY, QWEN_1, TTL, 0),
                        new HostNotice.Loading(QWEN_KEY, QWEN_1, TTL, 40));
        assertThat(host.told(HostNotice.LoadSucceeded.class))
                .containsExactly(new HostNotice.LoadSucceeded(QWEN_KEY, QWEN_1, TTL, Duration.ofSeconds(3)));
    }

    @Test
    void aKilledLoadIsToldAsDoubtedUntilItsInstanceAppears() {
        host.ensure("anna", QWEN);
        host.processFails(loadFailed("killed"));
        assertThat(host.told(HostNotice.Doubted.class)).containsExactly(new HostNotice.Doubted(QWEN_KEY, QWEN_1));
        host.observed(QWEN_1);
        assertThat(host.told(HostNotice.DoubtOver.class))
                .containsExactly(new HostNotice.DoubtOver(QWEN_KEY, QWEN_1, true));
        assertThat(host.ready("anna").attempts()).isEqualTo(1);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void anUnloadThatFailsIsToldAndLookedAfterAtOnce() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1);
        int looks = warm.all(HostAction.Look.class).size();
        warm.unload("anna", QWEN, false);
        warm.processFails(loadFailed("lms_failed"));
        assertThat(warm.told(HostNotice.UnloadFailed.class)).singleElement().satisfies(told -> {
            assertThat(told.identifier()).isEqualTo(QWEN_1);
            assertThat(told.failure().code()).isEqualTo(FailureCode.MODEL_LOAD_FAILED);
        });
        assertThat(warm.all(HostAction.Look.class)).hasSize(looks + 1);
    }

    @Test
    void theHostsBreakerTellsWhenItOpensTriesAndCloses() {
        openTheHost();
        assertThat(host.told(HostNotice.BreakerOpened.class))
                .containsExactly(new HostNotice.BreakerOpened(HostNotice.Scope.HOST, "", 2, MINUTE));
        host.clock.advance(MINUTE);
        host.observed();
        host.ensure("carl", QWEN);
        assertThat(host.told(HostNotice.BreakerTried.class))
                .containsExactly(new HostNotice.BreakerTried(HostNotice.Scope.HOST, ""));
        host.loadCompletes();
        assertThat(host.told(HostNotice.BreakerClosed.class))
                .containsExactly(new HostNotice.BreakerClosed(HostNotice.Scope.HOST, ""));
    }

    @Test
    void aRefusalTellsTheSecondsThatAreLeftRoundedUp() {
        openTheHost();
        host.clock.advance(Duration.ofMillis(1_500));
        host.ensure("carl", QWEN);
        assertThat(host.refusal("carl").detail()).contains("again in 59 s");
    }

    @Test
    void anUnloadThatWorksForgivesTheHost() {
        ScriptedHost warm = ScriptedHost.persistent(2);
        warm.observed(QWEN_1);
        warm.rows(row(QWEN_1, TTL));
        warm.ensure("anna", GEMMA);
        warm.processFails(NO_LMS);
        assertThat(warm.view.breakers().host().failures()).isEqualTo(1);
        warm.unload("ben", QWEN, false);
        warm.processSucceeds();
        assertThat(warm.view.breakers().host().failures()).isZero();
    }

    @Test
    void aModelThatFailsOtherwiseEndsTheRowOfThoseThatTimedOut() {
        ScriptedHost many = ScriptedHost.persistent(3);
        many.disk = IntStream.range(0, 6)
                .mapToObj(each -> ScriptedHost.model("someone/model-" + each, 0))
                .toList();
        many.observed();
        List<String> reasons = List.of("timeout", "timeout", "lms_failed", "timeout", "timeout", "timeout");
        for (int each = 0; each < reasons.size(); each++) {
            assertThat(many.view.breakers().host()).isEqualTo(Breaker.CLOSED);
            many.ensure("caller-" + each, "someone/model-" + each);
            many.on(new HostEvent.CallerLeft("caller-" + each));
            many.processFails(loadFailed(reasons.get(each)));
        }
        assertThat(many.view.breakers().host().openUntil())
                .isEqualTo(many.clock.instant().plus(MINUTE));
        assertThat(many.view.breakers().host().failures()).isEqualTo(3);
    }

    @Test
    void whoAsksWhileTheBridgeStopsIsRefused() {
        host.on(new HostEvent.ShutdownAsked());
        host.ensure("anna", QWEN);
        host.unload("ben", QWEN, false);
        assertThat(host.code("anna")).isEqualTo(FailureCode.SHUTTING_DOWN);
        assertThat(host.code("ben")).isEqualTo(FailureCode.SHUTTING_DOWN);
    }

    @Test
    void whoAsksWithoutAFreshViewCausesALookAndTenThousandMayWaitForIt() {
        ScriptedHost unseen = new ScriptedHost();
        unseen.on(new HostEvent.ObservationFailed("it does not answer", false));
        int looks = unseen.all(HostAction.Look.class).size();
        for (int each = 1; each <= Requests.MAX_CALLERS; each++) {
            unseen.ensure("caller-" + each, QWEN);
        }
        assertThat(unseen.all(HostAction.Look.class)).hasSize(looks + 1);
        assertThat(unseen.answersTo("caller-" + Requests.MAX_CALLERS)).isEmpty();
        unseen.ensure("one-more", QWEN);
        assertThat(unseen.code("one-more")).isEqualTo(FailureCode.QUEUE_FULL);
    }

    @Test
    void whoLeavesBeforeTheLookTakesNobodyElseAlong() {
        ScriptedHost unseen = new ScriptedHost();
        unseen.ensure("anna", QWEN);
        unseen.ensure("ben", QWEN);
        unseen.on(new HostEvent.CallerLeft("anna"));
        unseen.refusesConnections();
        assertThat(unseen.answersTo("anna")).isEmpty();
        assertThat(unseen.code("ben")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        unseen.refusesConnections();
        assertThat(unseen.answersTo("ben")).hasSize(1);
    }

    @Test
    void anUnloadByIdentifierTakesThatInstanceAlone() {
        ScriptedHost warm = ScriptedHost.seen(QWEN_1, QWEN + "~2");
        warm.unload("anna", QWEN + "~2", false);
        warm.processSucceeds();
        warm.observed(QWEN_1);
        assertThat(warm.answerTo("anna")).isEqualTo(new Answer.Unloaded(QWEN_KEY, List.of(QWEN + "~2")));
        assertThat(warm.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void everyOperationHasANumberOfItsOwn() {
        host.ensure("anna", QWEN);
        long first = host.operation();
        host.ensure("ben", GEMMA);
        host.loadCompletes();
        long second = host.operation();
        host.loadCompletes();
        host.unload("carl", GEMMA, false);
        assertThat(List.of(second, host.operation())).containsExactly(first + 1, first + 2);
    }

    @Test
    void exactlyTheContextAskedForIsNoDifference() {
        for (int context : new int[] {4_096, 4_097}) {
            ScriptedHost fresh = ScriptedHost.seen();
            fresh.ensure("anna", QWEN, TTL, context, null);
            fresh.processSucceeds();
            fresh.observed(QWEN_1);
            fresh.rows(row(QWEN_1, TTL));
            assertThat(fresh.ready("anna").warnings())
                    .isEqualTo(context == 4_096 ? List.of() : List.of("context_length_differs"));
        }
    }

    @Test
    void whoNeedsAsMuchContextAsAQueuedLoadJoinsItAndWhoNeedsMoreDoesNot() {
        host.ensure("anna", QWEN);
        host.ensure("ben", GEMMA, TTL, 8_192, null);
        host.ensure("carl", GEMMA, TTL, 8_192, null);
        host.ensure("dora", GEMMA, TTL, 8_193, null);
        host.ensure("emil", GEMMA);
        assertThat(host.state.queue())
                .extracting(operation -> operation.callers().size())
                .containsExactly(3, 1);
    }

    @Test
    void aHostThatWentDownRefusesTheLoadThatWasToAppear() {
        ScriptedHost plain = ScriptedHost.seen();
        plain.ensure("anna", QWEN);
        plain.processSucceeds();
        plain.refusesConnections();
        plain.after(Duration.ofSeconds(20));
        assertThat(plain.code("anna")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
    }

    @Test
    void whoHasSeenATryFailIsTimedOutWithItsReason() {
        ScriptedHost slow = ScriptedHost.persistent(100);
        slow.ensure("anna", QWEN);
        slow.processFails(loadFailed("lms_failed"));
        slow.ensure("ben", GEMMA);
        assertThat(slow.last(HostAction.RunLoad.class).key().value()).isEqualTo(GEMMA);
        slow.after(ScriptedHost.POLICY.maxLoad());
        assertThat(slow.refusal("anna").more()).containsEntry("reason", "lms_failed");
    }

    @Test
    void theViewIsFreshUntilItsAgeIsExceeded() {
        Instant seen = host.clock.instant();
        assertThat(host.view.isFresh(seen.plusSeconds(2), Duration.ofSeconds(2)))
                .isTrue();
        assertThat(host.view.isFresh(seen.plusSeconds(2).plusNanos(1), Duration.ofSeconds(2)))
                .isFalse();
        assertThat(HostView.of(HostState.initial(seen)).isFresh(seen, MINUTE)).isFalse();
        host.refusesConnections();
        assertThat(host.view.isFresh(seen, MINUTE)).isFalse();
        host.observed(QWEN_1);
        assertThat(host.view.instanceFor(QWEN, null)).contains(host.instance(QWEN_1));
    }

    /** SplitMix64 as Vigna published it gives these for the seed 0. */
    @Test
    void chancesAreTheSequenceOfSplitMix64() {
        Turn turn = new Turn(ScriptedHost.POLICY, host.clock, HostState.initial(Instant.EPOCH, 0, Map.of()));
        for (long known : new long[] {0xE220A8397B1DCDAFL, 0x6E789E6AA1B965F4L, 0x06C45D188009454FL}) {
            assertThat(turn.chance()).isEqualTo((known >>> 11) * 0x1.0p-53);
        }
    }

    private void openTheHost() {
        for (String caller : List.of("anna", "ben")) {
            host.ensure(caller, QWEN);
            host.processFails(NO_LMS);
        }
    }
}
