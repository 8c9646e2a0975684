package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.POLICY;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.model;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HostCoreMemoryTest {
    private static final long GIB = 1L << 30;
    private static final String LARGE = "meta/llama-70b";
    private static final String SMALL = "nomic/embed";
    private static final Duration RESIDENCY = Duration.ofSeconds(10);

    /** A host of 10 GiB, 1 of them in reserve, with models of 6, 6, 40 and 1 GiB on disk. */
    private static ScriptedHost host(@Nullable Long budget, String... loaded) {
        ScriptedHost host =
                new ScriptedHost(POLICY.fitting(new HostPolicy.Fitting(budget, budget == null ? 0 : GIB, RESIDENCY)));
        host.idleToAll = true;
        host.disk = List.of(model(QWEN, 6 * GIB), model(GEMMA, 6 * GIB), model(LARGE, 40 * GIB), model(SMALL, GIB));
        host.observed(loaded);
        host.rows(java.util.Arrays.stream(loaded).map(one -> row(one, TTL)).toArray(InstanceRow[]::new));
        return host;
    }

    private static ScriptedHost host(String... loaded) {
        return host(10 * GIB, loaded);
    }

    private static void estimated(ScriptedHost host, String key, @Nullable Long bytes) {
        host.on(new HostEvent.Estimated(
                new ModelKey(key), null, bytes, bytes == null ? Failure.of(FailureCode.UPSTREAM_ERROR, "no") : null));
    }

    /** Longer than anybody is guarded, with a look at what is there. */
    private static void aWhile(ScriptedHost host, String... loaded) {
        host.clock.advance(Duration.ofSeconds(11));
        host.observed(loaded);
    }

    private static Failure refusedByTheHost(@Nullable Long required) {
        Failure refused = Failure.of(FailureCode.INSUFFICIENT_MEMORY, "LM Studio said no");
        return required == null ? refused : refused.with("requiredBytes", required);
    }

    @Test
    void whatCanNeverFitIsRefusedAtOnceWithBothFigures() {
        ScriptedHost host = host();
        host.ensure("c", LARGE);
        Failure refused = host.refusal("c");
        assertThat(refused.code()).isEqualTo(FailureCode.INSUFFICIENT_MEMORY);
        assertThat(refused.detail()).contains("40.0 GiB", "9.0 GiB", "10.0 GiB", "1.0 GiB");
        assertThat(refused.more())
                .containsEntry("required", 40 * GIB)
                .containsEntry("requiredBytes", 40 * GIB)
                .containsEntry("available", 9 * GIB)
                .containsEntry("availableBytes", 9 * GIB)
                .containsEntry("model", LARGE);
        assertThat(host.all(HostAction.Estimate.class)).isEmpty();
        assertThat(host.state.breakers()).isEqualTo(Breakers.CLOSED);
    }

    @Test
    void whatFitsWithRoomToSpareNeedsNoEstimate() {
        ScriptedHost host = host();
        host.ensure("c", SMALL);
        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(SMALL);
        assertThat(host.all(HostAction.Estimate.class)).isEmpty();
    }

    @Test
    void whatMightNotFitIsEstimatedFirstAndOnlyOnce() {
        ScriptedHost host = host();
        host.ensure("c", QWEN);
        assertThat(host.all(HostAction.RunLoad.class)).isEmpty();
        HostAction.Estimate asked = host.last(HostAction.Estimate.class);
        assertThat(asked.key().value()).isEqualTo(QWEN);
        assertThat(asked.contextLength()).isNull();
        assertThat(asked.deadline()).isEqualTo(Duration.ofSeconds(15));
        host.tick();
        assertThat(host.all(HostAction.Estimate.class)).hasSize(1);
        estimated(host, QWEN, 8 * GIB);
        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(QWEN);
        host.loadCompletes();
        assertThat(host.view.memory()).isEqualTo(new MemoryFigures(10 * GIB, GIB, 8 * GIB, GIB));
        host.unload("u", QWEN, false);
        host.processSucceeds();
        host.observed();
        host.ensure("again", QWEN);
        assertThat(host.all(HostAction.Estimate.class)).hasSize(1);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(2);
    }

    @Test
    void anEstimateThatIsTooLargeRefusesTheLoad() {
        ScriptedHost host = host();
        host.ensure("c", QWEN);
        estimated(host, QWEN, 12 * GIB);
        assertThat(host.refusal("c").more()).containsEntry("required", 12 * GIB);
        assertThat(host.all(HostAction.RunLoad.class)).isEmpty();
        host.ensure("d", QWEN);
        assertThat(host.code("d")).isEqualTo(FailureCode.INSUFFICIENT_MEMORY);
    }

    @Test
    void anEstimateThatFailsIsNotFatalAndIsTriedAgainLater() {
        ScriptedHost host = host();
        host.ensure("c", QWEN);
        estimated(host, QWEN, null);
        host.loadCompletes();
        assertThat(host.view.memory().heldBytes()).isEqualTo((long) (6 * GIB * 1.1));
        host.unload("u", QWEN, false);
        host.processSucceeds();
        host.observed();
        aWhile(host);
        host.ensure("d", QWEN);
        assertThat(host.all(HostAction.Estimate.class)).hasSize(1);
        host.loadCompletes();
        host.unload("v", QWEN, false);
        host.processSucceeds();
        host.clock.advance(Duration.ofMinutes(5));
        host.observed();
        host.ensure("e", QWEN);
        assertThat(host.all(HostAction.Estimate.class)).hasSize(2);
    }

    @Test
    void anEstimateOfNonsenseCountsAsNone() {
        ScriptedHost host = host();
        host.ensure("c", QWEN);
        estimated(host, QWEN, -1L);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        ScriptedHost other = host();
        other.ensure("c", QWEN);
        estimated(other, QWEN, Long.MAX_VALUE);
        assertThat(other.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void anEstimateThatNeverComesIsNotWaitedForForEver() {
        ScriptedHost host = host();
        host.ensure("c", QWEN);
        host.after(Duration.ofSeconds(24));
        assertThat(host.all(HostAction.RunLoad.class)).isEmpty();
        host.after(Duration.ofSeconds(1));
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void whatNobodyUsesGoesForALoadThatDoesNotFitBesideIt() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        aWhile(host, QWEN + "~1");
        host.ensure("c", GEMMA);
        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(QWEN + "~1");
        assertThat(host.instance(QWEN + "~1").isOpen()).isFalse();
        assertThat(host.all(HostAction.RunLoad.class)).isEmpty();
        assertThat(host.told(HostNotice.MakesRoom.class))
                .containsExactly(new HostNotice.MakesRoom(new ModelKey(QWEN), QWEN + "~1", new ModelKey(GEMMA)));
        host.processSucceeds();
        host.observed();
        assertThat(host.told(HostNotice.Unloaded.class))
                .containsExactly(new HostNotice.Unloaded(new ModelKey(QWEN), QWEN + "~1", Cause.MEMORY));
        host.loadCompletes();
        assertThat(host.ready("c").alreadyLoaded()).isFalse();
    }

    @Test
    void nobodyGoesForALoadThatFits() {
        ScriptedHost host = host(QWEN + "~1");
        aWhile(host, QWEN + "~1");
        estimated(host, SMALL, 2 * GIB);
        host.ensure("c", SMALL);
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void whatOthersHaveLoadedStaysUnlessItIsAdopted() {
        ScriptedHost host = host(QWEN);
        aWhile(host, QWEN);
        host.ensure("c", GEMMA);
        assertThat(host.refusal("c").more()).containsEntry("available", 9 * GIB - (long) (6 * GIB * 1.1));
        ScriptedHost adopting = new ScriptedHost(POLICY.fitting(new HostPolicy.Fitting(10 * GIB, GIB, RESIDENCY))
                .keeping(new HostPolicy.Keeping(TTL, TTL, true)));
        adopting.disk = host.disk;
        adopting.idleToAll = true;
        adopting.observed(QWEN);
        estimated(adopting, GEMMA, 6 * GIB);
        aWhile(adopting, QWEN);
        adopting.ensure("c", GEMMA);
        assertThat(adopting.last(HostAction.RunUnload.class).identifier()).isEqualTo(QWEN);
    }

    @Test
    void whatIsInUseIsClosedAndGoesWhenTheLastRequestHasLeft() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        Instance qwen = host.instance(QWEN + "~1");
        assertThat(qwen.admit()).isTrue();
        aWhile(host, QWEN + "~1");
        host.ensure("c", GEMMA);
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(qwen.admit()).isFalse();
        assertThat(host.told(HostNotice.WaitsForMemory.class))
                .containsExactly(new HostNotice.WaitsForMemory(
                        new ModelKey(GEMMA), 6 * GIB, 9 * GIB - (long) (6 * GIB * 1.1), List.of(QWEN + "~1")));
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plusMillis(100));
        host.after(Duration.ofMillis(100));
        assertThat(host.told(HostNotice.WaitsForMemory.class)).hasSize(1);
        qwen.leave();
        host.after(Duration.ofMillis(100));
        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(QWEN + "~1");
        host.processSucceeds();
        host.observed();
        host.loadCompletes();
        assertThat(host.answerTo("c")).isInstanceOf(Answer.Ready.class);
    }

    @Test
    void whoWaitsForMemoryAfterAnEstimateIsToldSo() {
        ScriptedHost host = host(QWEN + "~1");
        assertThat(host.instance(QWEN + "~1").admit()).isTrue();
        aWhile(host, QWEN + "~1");
        host.ensure("c", GEMMA);
        assertThat(host.told(HostNotice.WaitsForMemory.class)).isEmpty();
        estimated(host, GEMMA, 6 * GIB);
        assertThat(host.told(HostNotice.WaitsForMemory.class)).hasSize(1);
    }

    @Test
    void whoAsksForAModelThatIsClosedWaitsBehindTheLoadThatNeedsItsMemory() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        estimated(host, QWEN, 6 * GIB);
        Instance qwen = host.instance(QWEN + "~1");
        assertThat(qwen.admit()).isTrue();
        aWhile(host, QWEN + "~1");
        host.ensure("b", GEMMA);
        host.ensure("a", QWEN);
        assertThat(host.answersTo("a")).isEmpty();
        qwen.leave();
        host.after(Duration.ofMillis(100));
        host.processSucceeds();
        host.observed();
        host.loadCompletes();
        host.ready("b");
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        Duration guarded = Duration.ofSeconds(2);
        host.clock.advance(guarded);
        host.observed(GEMMA + "~1");
        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(GEMMA + "~1");
    }

    @Test
    void whoGivesUpLeavesTheClosedModelOpenAgainForThoseWhoWait() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        Instance qwen = host.instance(QWEN + "~1");
        assertThat(qwen.admit()).isTrue();
        aWhile(host, QWEN + "~1");
        host.ensure("b", GEMMA);
        host.ensure("a", QWEN);
        host.on(new HostEvent.CallerLeft("b"));
        assertThat(qwen.isOpen()).isTrue();
        assertThat(host.ready("a").instance().identifier()).isEqualTo(QWEN + "~1");
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
    }

    @Test
    void whoWaitsForMemoryInVainIsToldSoAtTheEndOfItsPatience() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        Instance qwen = host.instance(QWEN + "~1");
        assertThat(qwen.admit()).isTrue();
        aWhile(host, QWEN + "~1");
        host.ensure("b", GEMMA);
        host.after(ScriptedHost.PATIENCE);
        assertThat(host.code("b")).isEqualTo(FailureCode.QUEUE_TIMEOUT);
        assertThat(host.refusal("b").detail()).contains("memory");
        assertThat(qwen.isOpen()).isTrue();
        assertThat(host.state.memory().waiting()).isNull();
    }

    @Test
    void aShutdownOpensWhatWasClosed() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        Instance qwen = host.instance(QWEN + "~1");
        assertThat(qwen.admit()).isTrue();
        aWhile(host, QWEN + "~1");
        host.ensure("b", GEMMA);
        host.on(new HostEvent.ShutdownAsked());
        assertThat(qwen.isOpen()).isTrue();
        assertThat(host.code("b")).isEqualTo(FailureCode.SHUTTING_DOWN);
    }

    @Test
    void whatWasLoadedNotLongAgoIsLeftToThoseWhoUseIt() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        Instance qwen = host.instance(QWEN + "~1");
        assertThat(qwen.admit()).isTrue();
        host.ensure("b", GEMMA);
        assertThat(qwen.isOpen()).isTrue();
        assertThat(host.wakeAt).isBeforeOrEqualTo(host.clock.instant().plusSeconds(1));
        host.clock.advance(Duration.ofMillis(9_999));
        host.observed(QWEN + "~1");
        assertThat(qwen.isOpen()).isTrue();
        assertThat(host.told(HostNotice.WaitsForMemory.class)).hasSize(1);
        host.after(Duration.ofMillis(1));
        assertThat(qwen.isOpen()).isFalse();
        assertThat(host.told(HostNotice.WaitsForMemory.class)).hasSize(2);
        assertThat(host.told(HostNotice.WaitsForMemory.class).getLast().closed())
                .containsExactly(QWEN + "~1");
    }

    @Test
    void whatWasLoadedNotLongAgoAndIsNotUsedGoesSooner() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        host.ensure("b", GEMMA);
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        host.after(Duration.ofMillis(1_999));
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        host.after(Duration.ofMillis(1));
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void aLoadThatWaitsForMemoryIsOvertakenByUnloadsAndByWhatIsThereButByNoOtherLoad() {
        ScriptedHost host = host(QWEN + "~1", SMALL + "~1");
        estimated(host, GEMMA, 6 * GIB);
        assertThat(host.instance(QWEN + "~1").admit()).isTrue();
        aWhile(host, QWEN + "~1", SMALL + "~1");
        host.ensure("b", GEMMA);
        host.ensure("c", SMALL);
        assertThat(host.ready("c").alreadyLoaded()).isTrue();
        host.unload("u", SMALL, false);
        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(SMALL + "~1");
        host.processSucceeds();
        host.observed(QWEN + "~1");
        host.ensure("d", SMALL);
        assertThat(host.all(HostAction.RunLoad.class)).isEmpty();
        assertThat(host.answersTo("d")).isEmpty();
    }

    @Test
    void aVictimThatDoesNotGoIsSparedForAWhile() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        aWhile(host, QWEN + "~1");
        host.ensure("b", GEMMA);
        host.processFails(Failure.of(FailureCode.UPSTREAM_ERROR, "it does not go"));
        assertThat(host.instance(QWEN + "~1").isOpen()).isTrue();
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
        host.clock.advance(Duration.ofMillis(4_999));
        host.observed(QWEN + "~1");
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
        host.after(Duration.ofMillis(1));
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(2);
    }

    @Test
    void whatIsDoubtfulCountsUntilTheDoubtEnds() {
        ScriptedHost host = host();
        estimated(host, GEMMA, 6 * GIB);
        estimated(host, QWEN, 6 * GIB);
        host.ensure("a", QWEN);
        host.processFails(ScriptedHost.loadFailed("timeout"));
        host.ensure("b", GEMMA);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        host.clock.advance(Duration.ofSeconds(59));
        host.observed();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
        host.after(Duration.ofSeconds(1));
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(2);
    }

    @Test
    void aRefusalOfTheHostStartsOneRoundOfEvictionAndOneMoreAttempt() {
        ScriptedHost host = host((Long) null, QWEN + "~1", SMALL + "~1");
        aWhile(host, QWEN + "~1", SMALL + "~1");
        host.ensure("c", GEMMA);
        host.processFails(refusedByTheHost(6 * GIB));
        assertThat(host.answersTo("c")).isEmpty();
        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(QWEN + "~1");
        host.processSucceeds();
        host.observed(SMALL + "~1");
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(2);
        host.processFails(refusedByTheHost(6 * GIB));
        assertThat(host.refusal("c").more()).containsEntry("required", 6 * GIB).containsEntry("requiredBytes", 6 * GIB);
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
        assertThat(host.state.breakers()).isEqualTo(Breakers.CLOSED);
        assertThat(host.state.memory().isQuiet()).isTrue();
        assertThat(host.told(HostNotice.MemoryRefused.class)).hasSize(1);
    }

    @Test
    void aRefusalWithoutAFigureEvictsOneInstance() {
        ScriptedHost host = host((Long) null, QWEN + "~1", SMALL + "~1");
        aWhile(host, QWEN + "~1", SMALL + "~1");
        host.ensure("c", GEMMA);
        host.processFails(refusedByTheHost(null));
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
        host.processSucceeds();
        host.observed(SMALL + "~1");
        host.loadCompletes();
        host.ready("c");
    }

    @Test
    void aRefusalOfTheHostIsFinalWhereNothingCouldGo() {
        ScriptedHost host = host((Long) null, QWEN);
        aWhile(host, QWEN);
        host.ensure("c", GEMMA);
        host.processFails(refusedByTheHost(6 * GIB));
        assertThat(host.code("c")).isEqualTo(FailureCode.INSUFFICIENT_MEMORY);
        assertThat(host.refusal("c").more()).doesNotContainKey("available");
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void whatTheHostSaysInItsRefusalIsLearnt() {
        ScriptedHost host = host();
        estimated(host, QWEN, 6 * GIB);
        host.ensure("c", QWEN);
        host.processFails(refusedByTheHost(11 * GIB));
        assertThat(host.refusal("c").more()).containsEntry("available", 9 * GIB);
        host.ensure("d", QWEN);
        assertThat(host.refusal("d").more()).containsEntry("required", 11 * GIB);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void aRefusalLetsAModelInUseAnswerWholeBeforeItGoes() {
        ScriptedHost host = host((Long) null, QWEN + "~1");
        Instance qwen = host.instance(QWEN + "~1");
        assertThat(qwen.admit()).isTrue();
        aWhile(host, QWEN + "~1");
        host.ensure("c", GEMMA);
        host.processFails(refusedByTheHost(6 * GIB));
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(qwen.isOpen()).isFalse();
        qwen.leave();
        host.after(Duration.ofMillis(100));
        host.processSucceeds();
        host.observed();
        host.loadCompletes();
        host.ready("c");
    }

    @Test
    void theDryRunNamesWhoWouldGo() {
        ScriptedHost host = host(QWEN + "~1");
        estimated(host, GEMMA, 6 * GIB);
        ModelKey gemma = new ModelKey(GEMMA);
        long held = (long) (6 * GIB * 1.1);
        assertThat(host.view.planFor(gemma, null, host.clock.instant()))
                .hasValue(new MemoryPlan(6 * GIB, 9 * GIB - held, 10 * GIB, List.of(QWEN + "~1"), true));
        assertThat(host.view.planFor(new ModelKey(LARGE), null, host.clock.instant()))
                .hasValueSatisfying(plan -> {
                    assertThat(plan.fits()).isFalse();
                    assertThat(plan.evict()).isEmpty();
                });
        assertThat(host((Long) null).view.planFor(gemma, null, host.clock.instant()))
                .hasValue(new MemoryPlan((long) (6 * GIB * 1.1), null, null, List.of(), true));
    }
}
