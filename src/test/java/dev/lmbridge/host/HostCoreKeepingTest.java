package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How long the bridge keeps what nobody uses, and what it does so that the host keeps it as long. */
final class HostCoreKeepingTest {
    private static final String QWEN = ScriptedHost.QWEN;
    private static final String FIRST = QWEN + "~1";
    private static final Duration TTL = ScriptedHost.TTL;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ScriptedHost host = ScriptedHost.seen();

    private void load(Duration ttl) {
        host.ensure("first", QWEN, ttl, null, null);
        host.loadCompletes();
    }

    /** Time passes, with a look at its end. */
    private void pass(Duration time) {
        host.clock.advance(time);
        host.observed(host.state.instances().keySet().toArray(String[]::new));
        host.tick();
    }

    private void use(Duration time, Duration ttl) {
        Instance instance = host.instance(FIRST);
        assertThat(instance.admit(ttl.toMillis())).isTrue();
        pass(time);
        instance.leave();
    }

    private @Nullable Instant end() {
        return host.view.holds().expiresAt(host.instance(FIRST), host.clock.instant());
    }

    private void lease(String id, Duration ttl) {
        host.on(new HostEvent.LeaseAsked(id, id, QWEN, "somebody", ttl));
    }

    private void pin(boolean pinned) {
        host.on(new HostEvent.PinAsked("p" + host.actions.size(), QWEN, null, pinned));
    }

    @Test
    void whatNobodyUsesForItsTtlIsUnloaded() {
        load(TTL);
        host.observed(FIRST);
        assertThat(end()).isEqualTo(host.clock.instant().plus(TTL));
        pass(TTL.minusMillis(1));
        host.hostIsIdle();
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plusMillis(1));

        pass(Duration.ofMillis(1));
        host.hostIsIdle();
        host.processSucceeds();
        host.observed();

        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(FIRST);
        assertThat(host.told(HostNotice.Unloaded.class).getLast().cause()).isEqualTo(Cause.IDLE);
    }

    @Test
    void theIdleClockBeginsWhenTheLastByteHasLeftWithTheTtlOfThatRequest() {
        load(TTL);
        use(Duration.ofMinutes(30), Duration.ofMinutes(2));

        assertThat(end()).isEqualTo(host.clock.instant().plus(Duration.ofMinutes(2)));
        pass(Duration.ofMinutes(2));
        host.hostIsIdle();
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void theLongestOfThoseWhoUseItAtOnceCounts() {
        load(TTL);
        Instance instance = host.instance(FIRST);
        assertThat(instance.admit(Duration.ofMinutes(5).toMillis())).isTrue();
        assertThat(instance.admit(Duration.ofMinutes(1).toMillis())).isTrue();
        instance.leave();
        assertThat(end()).isEqualTo(host.clock.instant().plus(Duration.ofMinutes(5)));
        instance.leave();
        assertThat(end()).isEqualTo(host.clock.instant().plus(Duration.ofMinutes(5)));
    }

    @Test
    void whoeverIsToldThatItIsThereFindsItThere() {
        load(Duration.ofMinutes(1));
        pass(Duration.ofSeconds(59));

        host.ensure("second", QWEN, Duration.ofSeconds(5), null, null);

        assertThat(host.ready("second").ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(host.ready("second").expiresAt())
                .isEqualTo(host.clock.instant().plus(Duration.ofMinutes(1)));
    }

    @Test
    void whatTheHostSaysIsAtWorkIsLeftAloneForAWhile() {
        load(TTL);
        pass(TTL);
        host.rows(new InstanceRow(FIRST, TTL, 4_096, null, 0, true));

        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(host.instance(FIRST).isOpen()).isTrue();
        pass(Duration.ofSeconds(9));
        assertThat(host.state.running()).isNull();
        pass(SECOND);
        host.hostIsIdle();
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void whatCannotBeAskedAboutIsLeftAloneByTheBridgeItself() {
        load(TTL);
        pass(TTL);
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "No."), host.clock.instant()));

        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(host.state.running()).isNull();
    }

    @Test
    void whoComesWhileTheHostIsAskedKeepsTheInstance() {
        load(TTL);
        pass(TTL);
        Instance instance = host.instance(FIRST);
        assertThat(instance.admit(1_000)).isTrue();
        instance.leave();

        host.hostIsIdle();

        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(instance.isOpen()).isTrue();
    }

    @Test
    void whatSomebodyElseHasLoadedIsLeftAloneUnlessItIsAdopted() {
        host.observed("theirs");
        host.rows(ScriptedHost.row("theirs", null));
        pass(Duration.ofHours(2));
        assertThat(host.state.running()).isNull();
        assertThat(host.view.holds().expiresAt(host.instance("theirs"), host.clock.instant()))
                .isNull();

        ScriptedHost adopting = new ScriptedHost(
                ScriptedHost.POLICY.keeping(new HostPolicy.Keeping(Duration.ofMinutes(5), Duration.ofHours(1), true)));
        adopting.observed(QWEN);
        adopting.rows(ScriptedHost.row(QWEN, null));
        assertThat(adopting.told(HostNotice.Adopted.class)).hasSize(1);
        adopting.clock.advance(Duration.ofMinutes(5));
        adopting.observed(QWEN);
        adopting.hostIsIdle();
        assertThat(adopting.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void whatIsWantedForLongerThanTheHostKeepsItIsUsedInTimeByTheBridgeItself() {
        load(TTL);
        use(SECOND, Duration.ofMinutes(30));
        pass(Duration.ofMinutes(9).minusMillis(1));
        assertThat(host.all(HostAction.Rearm.class)).isEmpty();
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plusMillis(1));

        pass(Duration.ofMillis(1));

        assertThat(host.all(HostAction.Rearm.class)).singleElement().satisfies(rearm -> {
            assertThat(rearm.identifier()).isEqualTo(FIRST);
            assertThat(rearm.deadline()).isEqualTo(ScriptedHost.POLICY.commandTimeout());
        });
        assertThat(host.instance(FIRST).inFlight()).isEqualTo(1);
        host.on(new HostEvent.Rearmed(FIRST, null));
        assertThat(host.instance(FIRST).inFlight()).isZero();
        assertThat(host.told(HostNotice.Rearmed.class)).isEmpty();
        host.rows(new InstanceRow(FIRST, TTL, 4_096, host.clock.instant()));
        assertThat(host.told(HostNotice.Rearmed.class)).hasSize(1);
        pass(Duration.ofMinutes(8));
        assertThat(host.all(HostAction.Rearm.class)).hasSize(1);
        pass(Duration.ofMinutes(1));
        assertThat(host.all(HostAction.Rearm.class)).hasSize(2);
    }

    @Test
    void aUseThatTheHostDoesNotCountIsToldAndTriedAgainEverMoreSlowly() {
        load(TTL);
        lease("l", Duration.ofHours(1));
        pass(Duration.ofMinutes(9));
        host.on(new HostEvent.Rearmed(FIRST, null));
        host.rows(ScriptedHost.row(FIRST, TTL));
        assertThat(host.told(HostNotice.RearmFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.attempt()).isEqualTo(1));
        pass(Duration.ofMillis(999));
        assertThat(host.all(HostAction.Rearm.class)).hasSize(1);
        pass(Duration.ofMillis(1));
        assertThat(host.all(HostAction.Rearm.class)).hasSize(2);

        host.on(new HostEvent.Rearmed(FIRST, Failure.of(FailureCode.UPSTREAM_ERROR, "No.")));
        assertThat(host.told(HostNotice.RearmFailed.class).getLast().why()).isEqualTo("No.");
        pass(SECOND);
        assertThat(host.all(HostAction.Rearm.class)).hasSize(2);
        pass(SECOND);
        assertThat(host.all(HostAction.Rearm.class)).hasSize(3);
    }

    @Test
    void anAnswerIsProofEnoughWhereTheHostCannotBeAsked() {
        load(TTL);
        lease("l", Duration.ofHours(1));
        pass(Duration.ofMinutes(9));
        host.on(new HostEvent.Rearmed(FIRST, null));
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "No."), host.clock.instant()));

        assertThat(host.told(HostNotice.Rearmed.class))
                .singleElement()
                .satisfies(armed -> assertThat(armed.proven()).isFalse());
        assertThat(host.instance(FIRST).hostEnd(host.clock.instant()))
                .isEqualTo(host.clock.instant().plus(TTL));
    }

    @Test
    void anAnswerIsProofEnoughWhereTheHostIsAskedInVain() {
        load(TTL);
        lease("l", Duration.ofHours(1));
        pass(Duration.ofMinutes(9));
        host.on(new HostEvent.Rearmed(FIRST, null));
        Instant answered = host.clock.instant();
        pass(Duration.ofMillis(4_999));
        assertThat(host.told(HostNotice.Rearmed.class)).isEmpty();
        assertThat(host.wakeAt).isEqualTo(answered.plusSeconds(5));
        pass(Duration.ofMillis(1));
        assertThat(host.told(HostNotice.Rearmed.class)).hasSize(1);
        assertThat(host.instance(FIRST).hostEnd(host.clock.instant())).isEqualTo(answered.plus(TTL));
    }

    @Test
    void whatWentWhileItWasUsedByTheBridgeIsForgotten() {
        load(TTL);
        lease("l", Duration.ofHours(1));
        pass(Duration.ofMinutes(9));
        Instance gone = host.instance(FIRST);
        host.clock.advance(SECOND);
        host.observed();
        host.on(new HostEvent.Rearmed(FIRST, null));

        assertThat(gone.inFlight()).isZero();
        assertThat(host.state.holds().rearming()).isEmpty();
    }

    @Test
    void aLeaseLoadsItsModelForAsLongAsAnybodyMayAskAndKeepsItUntilItsEnd() {
        lease("l", Duration.ofMinutes(20));

        assertThat(host.answerTo("l"))
                .isInstanceOfSatisfying(
                        Answer.Leased.class,
                        leased -> assertThat(leased.loaded()).isFalse());
        assertThat(host.last(HostAction.RunLoad.class).ttl()).isEqualTo(Duration.ofHours(1));
        host.loadCompletes();
        assertThat(end()).isEqualTo(host.clock.instant().plus(Duration.ofMinutes(20)));
        pass(Duration.ofMinutes(20).minusMillis(1));
        host.unload("u", QWEN, false);
        assertThat(host.refusal("u").more()).containsEntry("leases", 1);
        pass(Duration.ofMillis(1));
        assertThat(host.told(HostNotice.LeaseExpired.class)).hasSize(1);
        host.hostIsIdle();
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void aLeaseIsRenewedForAsLongAsBeforeOrAsAskedAndReleasedOnce() {
        load(TTL);
        lease("l", Duration.ofMinutes(20));
        pass(Duration.ofMinutes(5));
        host.on(new HostEvent.LeaseRenewed("r1", "l", null));
        assertThat(end()).isEqualTo(host.clock.instant().plus(Duration.ofMinutes(20)));
        host.on(new HostEvent.LeaseRenewed("r2", "l", Duration.ofMinutes(40)));
        assertThat(end()).isEqualTo(host.clock.instant().plus(Duration.ofMinutes(40)));
        host.on(new HostEvent.LeaseReleased("r3", "l"));
        host.on(new HostEvent.LeaseReleased("r4", "l"));
        host.on(new HostEvent.LeaseRenewed("r5", "l", null));

        assertThat(host.answerTo("r3")).isInstanceOf(Answer.Released.class);
        assertThat(host.code("r4")).isEqualTo(FailureCode.NOT_FOUND);
        assertThat(host.code("r5")).isEqualTo(FailureCode.NOT_FOUND);
        assertThat(host.state.holds().leases().size()).isZero();
    }

    @Test
    void leasesAreBoundedAndOnlyOfModelsThatAreKnown() {
        Instant now = host.clock.instant();
        List<Lease> many = IntStream.range(0, Leases.MOST)
                .mapToObj(each -> new Lease("l" + each, new ModelKey(QWEN), "somebody", TTL, now, now.plus(TTL)))
                .toList();
        Turn turn = new Turn(ScriptedHost.POLICY, host.clock, host.state);
        turn.holds = turn.holds.with(LeaseBook.of(many.subList(1, Leases.MOST)));
        host.state = turn.state();
        lease("last", Duration.ofMinutes(20));
        assertThat(host.answerTo("last")).isInstanceOf(Answer.Leased.class);
        lease("more", Duration.ofMinutes(20));
        assertThat(host.code("more")).isEqualTo(FailureCode.QUEUE_FULL);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);

        host.on(new HostEvent.LeaseAsked("x", "x", "nobody/knows", "somebody", TTL));
        assertThat(host.code("x")).isEqualTo(FailureCode.MODEL_NOT_FOUND);
    }

    @Test
    void aPinnedModelIsLoadedAndStaysUntilItIsUnpinned() {
        pin(true);
        host.loadCompletes();
        assertThat(end()).isNull();
        assertThat(host.state.holds().wants(new ModelKey(QWEN), host.clock.instant()))
                .isTrue();
        host.unload("u", QWEN, false);
        assertThat(host.refusal("u").detail()).contains("pinned");
        pin(false);
        assertThat(end()).isEqualTo(host.clock.instant().plus(HostPolicy.Keeping.USUAL.standard()));
        host.unload("v", QWEN, false);
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void whatIsWantedFromTheBeginningIsLoadedInThatOrder() {
        ScriptedHost fresh = new ScriptedHost();
        ModelKey qwen = new ModelKey(QWEN);
        ModelKey gemma = new ModelKey(ScriptedHost.GEMMA);
        fresh.state = HostState.initial(
                fresh.clock.instant(),
                1,
                Map.of(),
                Holds.beginning(Map.of(qwen, new Pin(null, false)), List.of(gemma, qwen, new ModelKey("no/such"))));
        fresh.observed();
        assertThat(fresh.last(HostAction.RunLoad.class).key()).isEqualTo(gemma);
        assertThat(fresh.last(HostAction.RunLoad.class).ttl()).isEqualTo(TTL);
        fresh.loadCompletes();
        assertThat(fresh.last(HostAction.RunLoad.class).key()).isEqualTo(qwen);
        assertThat(fresh.last(HostAction.RunLoad.class).ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(fresh.state.queue()).isEmpty();
    }

    @Test
    void anUnloadThatWaitsLetsRequestsEndAndLetsNobodyIn() {
        load(TTL);
        Instance instance = host.instance(FIRST);
        assertThat(instance.admit(1_000)).isTrue();
        drain("u");
        assertThat(instance.admit(1_000)).isFalse();
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(ScriptedHost.POLICY.pollEvery()));
        instance.leave();
        host.after(ScriptedHost.POLICY.pollEvery());
        host.hostIsIdle();
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void anUnloadThatHasWaitedInVainOpensTheInstanceAgain() {
        load(TTL);
        Instance instance = host.instance(FIRST);
        assertThat(instance.admit(1_000)).isTrue();
        drain("u");
        host.after(Duration.ofSeconds(5));
        assertThat(host.code("u")).isEqualTo(FailureCode.MODEL_BUSY);
        assertThat(instance.isOpen()).isTrue();
        assertThat(host.state.running()).isNull();
    }

    @Test
    void whoLeavesWhileAnUnloadWaitsEndsIt() {
        load(TTL);
        Instance instance = host.instance(FIRST);
        assertThat(instance.admit(1_000)).isTrue();
        drain("u");
        host.on(new HostEvent.CallerLeft("u"));
        assertThat(instance.isOpen()).isTrue();
        assertThat(host.state.running()).isNull();
    }

    private void drain(String caller) {
        Instant now = host.clock.instant();
        host.on(new HostEvent.UnloadAsked(caller, QWEN, false, now.plus(TTL), now.plus(Duration.ofSeconds(5))));
    }

    @Test
    void whatTheHostSaysIsAtWorkIsNotUnloadedOnAskingTwice() {
        load(TTL);
        host.on(new HostEvent.UnloadAsked("u", QWEN, false, host.clock.instant().plus(TTL)));
        host.rows(new InstanceRow(FIRST, TTL, 4_096, null, 0, true));
        assertThat(host.answersTo("u")).isEmpty();
        host.rows(new InstanceRow(FIRST, TTL, 4_096, null, 0, true));
        assertThat(host.refusal("u").detail()).contains("LM Studio says");
        assertThat(host.instance(FIRST).isOpen()).isTrue();
    }

    @Test
    void whoAsksForAnUnloadGetsItWhereTheHostCannotBeAsked() {
        load(TTL);
        host.on(new HostEvent.UnloadAsked("u", QWEN, false, host.clock.instant().plus(TTL)));
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "No."), host.clock.instant()));
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void theBridgesOwnUseIsNoReasonToRefuseAnUnload() {
        load(TTL);
        use(SECOND, Duration.ofMinutes(30));
        pass(Duration.ofMinutes(9));
        assertThat(host.instance(FIRST).inFlight()).isEqualTo(1);
        host.unload("u", QWEN, false);
        assertThat(host.answersTo("u")).isEmpty();
        host.on(new HostEvent.Rearmed(FIRST, null));
        host.hostIsIdle();
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void whatIsLeftOfAnUnloadWhenTheBridgeStopsIsOpenAgain() {
        ScriptedHost warm = ScriptedHost.seen(FIRST, QWEN + "~2");
        warm.unload("u", QWEN, false);
        warm.processSucceeds();
        warm.on(new HostEvent.ShutdownAsked());
        warm.observed(QWEN + "~2");
        assertThat(warm.state.running()).isNull();
        assertThat(warm.instance(QWEN + "~2").isOpen()).isTrue();
    }

    @Test
    void theTtlOfAGateIsSetByTheFirstInsideAndRaisedByTheOthers() {
        Gate gate = new Gate();
        gate.raise(5_000);
        gate.raise(4_000);
        assertThat(gate.ttlMillis()).isEqualTo(5_000);
        assertThat(gate.tryEnter(1_000)).isTrue();
        assertThat(gate.ttlMillis()).isEqualTo(1_000);
        assertThat(gate.tryEnter(3_000)).isTrue();
        assertThat(gate.tryEnter(2_000)).isTrue();
        gate.close();
        assertThat(gate.ttlMillis()).isEqualTo(3_000);
        assertThat(gate.tryEnter(9_000)).isFalse();
        assertThat(gate.inFlight()).isEqualTo(3);
        gate.reopen();
        assertThat(gate.ttlMillis()).isEqualTo(3_000);
    }

    @Test
    void usageBeginsIdleWithItsTtl() {
        ManualClock clock = new ManualClock();
        Usage usage = new Usage(clock, SECOND);
        assertThat(usage.idleEnd(clock.instant())).isEqualTo(clock.instant().plus(SECOND));
        assertThat(usage.enter(5_000)).isTrue();
        clock.advance(TTL);
        assertThat(usage.idleEnd(clock.instant())).isEqualTo(clock.instant().plusSeconds(5));
    }
}
