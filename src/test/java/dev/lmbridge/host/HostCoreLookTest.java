package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.POLICY;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.SECOND;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is seen of a host, how old it may be, and when is looked again. */
final class HostCoreLookTest {
    private static final String QWEN_1 = QWEN + "~1";

    @Test
    void firstRequestWaitsForTheFirstLook() {
        ScriptedHost host = new ScriptedHost();

        host.ensure("a", QWEN);
        assertThat(host.all(HostAction.Look.class)).hasSize(1);
        assertThat(host.answersTo("a")).isEmpty();
        host.observed(QWEN_1);

        assertThat(host.ready("a").instance().identifier()).isEqualTo(QWEN_1);
        assertThat(host.told(HostNotice.HostUp.class)).hasSize(1);
    }

    @Test
    void viewThatIsNoLongerFreshIsNotActedOn() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.clock.advance(POLICY.freshFor());
        host.ensure("a", QWEN);
        assertThat(host.ready("a").alreadyLoaded()).isTrue();

        host.clock.advance(Duration.ofMillis(1));
        host.ensure("b", QWEN);

        assertThat(host.answersTo("b")).isEmpty();
        host.observed();
        assertThat(host.last(HostAction.RunLoad.class).key().value()).isEqualTo(QWEN);
    }

    @Test
    void callerWhoDemandsAYoungerViewGetsOne() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        Instant oldLook = host.clock.instant();
        host.clock.advance(Duration.ofMillis(500));
        Instant since = host.clock.instant();

        host.ensure("a", QWEN, TTL, null, since);
        host.observedSince(oldLook, QWEN_1);
        assertThat(host.answersTo("a")).isEmpty();
        assertThat(host.state.looking()).isTrue();

        host.observedSince(since);
        assertThat(host.answersTo("a")).isEmpty();
        assertThat(host.last(HostAction.RunLoad.class).identifier()).isEqualTo(QWEN + "~2");
    }

    @Test
    void hostThatRefusesConnectionsIsDownAtOnceAndTheUndecidedAreTold() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.clock.advance(Duration.ofSeconds(3));
        host.ensure("a", QWEN);

        host.refusesConnections();

        assertThat(host.code("a")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(host.refusal("a").retryAfter()).isPositive();
        assertThat(host.view.reach()).isEqualTo(HostState.Reach.DOWN);
        assertThat(host.view.isFresh(host.clock.instant(), Duration.ofHours(1))).isFalse();
        assertThat(host.told(HostNotice.HostDown.class)).hasSize(1);
    }

    @Test
    void hostThatReturnsIsUsedAgain() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.refusesConnections();
        host.refusesConnections();
        host.after(POLICY.observeEvery());
        host.ensure("a", QWEN);

        host.observed(QWEN_1);

        assertThat(host.ready("a").instance().identifier()).isEqualTo(QWEN_1);
        assertThat(host.told(HostNotice.HostDown.class)).hasSize(1);
        assertThat(host.told(HostNotice.HostUp.class)).hasSize(2);
    }

    @Test
    void oneMissedLookIsForgivenWhileTheViewIsYoungerThanTenSeconds() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.clock.advance(HostPolicy.STALE_AFTER);
        host.ensure("a", QWEN);
        host.lookFails();
        assertThat(host.ready("a").alreadyLoaded()).isTrue();

        host.clock.advance(Duration.ofMillis(1));
        host.ensure("b", QWEN);
        host.lookFails();

        assertThat(host.code("b")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
    }

    @Test
    void callerWhoDemandsAYoungerViewIsNotServedFromAnOldOneWhenTheLookFails() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.clock.advance(SECOND);

        host.ensure("a", QWEN, TTL, null, host.clock.instant());
        host.lookFails();

        assertThat(host.code("a")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
    }

    @Test
    void queuedLoadsAreRefusedWhenTheHostIsDown() {
        ScriptedHost host = ScriptedHost.seen();
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);
        host.refusesConnections();

        host.processFails(Failure.of(FailureCode.HOST_UNAVAILABLE, "lms said so."));

        assertThat(host.code("a")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(host.code("b")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void whoWaitedForItsTurnIsNotSentToAHostThatIsDown() {
        ScriptedHost host = ScriptedHost.seen();
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);
        host.observed(GEMMA + "~5");
        host.refusesConnections();

        host.processFails(Failure.of(FailureCode.HOST_UNAVAILABLE, "lms said so."));

        assertThat(host.code("b")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
    }

    @Test
    void instanceThatALookNoLongerShowsIsGoneAndAdmitsNobody() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        Instance instance = host.instance(QWEN_1);
        host.after(SECOND);

        host.observed();

        assertThat(host.view.instances()).isEmpty();
        assertThat(instance.admit()).isFalse();
        assertThat(host.told(HostNotice.Vanished.class)).hasSize(1);
        assertThat(host.told(HostNotice.Expired.class)).isEmpty();
    }

    @Test
    void instanceThatGoesWhenItsTtlIsOverHasExpired() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.after(TTL.minusSeconds(1));

        host.observed();

        assertThat(host.told(HostNotice.Expired.class)).hasSize(1);
        assertThat(host.told(HostNotice.Vanished.class)).isEmpty();
    }

    @Test
    void lookThatBeganBeforeALoadWasConfirmedDoesNotTakeItAway() {
        ScriptedHost host = ScriptedHost.seen();
        host.ensure("a", QWEN);
        Instant early = host.clock.instant();
        host.after(SECOND);
        host.loadCompletes();

        host.observedSince(early);

        assertThat(host.view.instances()).containsKey(QWEN_1);
    }

    @Test
    void whatSomebodyElseLoadedIsUsedAndMarkedAsForeign() {
        ScriptedHost host = ScriptedHost.seen(QWEN, QWEN + "~3");

        assertThat(host.instance(QWEN).foreign()).isTrue();
        assertThat(host.instance(QWEN + "~3").foreign()).isFalse();
        assertThat(host.told(HostNotice.Found.class)).hasSize(2);
        host.ensure("a", QWEN);
        assertThat(host.ready("a").instance().identifier())
                .as("our own before others'")
                .isEqualTo(QWEN + "~3");
    }

    @Test
    void leastBusyOfOurInstancesServes() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1, QWEN + "~2");
        assertThat(host.instance(QWEN_1).admit()).isTrue();

        host.ensure("a", QWEN);
        host.ensure("b", QWEN_1);

        assertThat(host.ready("a").instance().identifier()).isEqualTo(QWEN + "~2");
        assertThat(host.ready("b").instance().identifier()).isEqualTo(QWEN_1);
    }

    @Test
    void wakesForWhateverIsDueFirst() {
        ScriptedHost host = new ScriptedHost();
        assertThat(host.wakeAt).isEqualTo(host.clock.instant());
        host.tick();
        assertThat(host.all(HostAction.Look.class)).hasSize(1);

        host.observed();
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(POLICY.idleEvery()));

        host.ensure("a", QWEN);
        Instant asked = host.clock.instant();
        host.on(new HostEvent.EnsureAsked("b", GEMMA, TTL, null, asked.plusMillis(300), null));
        assertThat(host.wakeAt).isEqualTo(asked.plusMillis(300));
        host.after(Duration.ofMillis(300));
        assertThat(host.code("b")).isEqualTo(FailureCode.QUEUE_TIMEOUT);

        host.processSucceeds();
        Instant succeeded = host.clock.instant();
        assertThat(host.state.looking()).isTrue();
        assertThat(host.wakeAt).isEqualTo(succeeded.plus(POLICY.verifyWithin()));
        host.observed();
        assertThat(host.wakeAt).isEqualTo(succeeded.plus(POLICY.pollEvery()));
    }

    @Test
    void neverLooksTwiceAtOnce() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.after(SECOND);
        host.after(Duration.ofSeconds(5));
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);

        assertThat(host.all(HostAction.Look.class)).hasSize(1);
    }

    @Test
    void looksOftenWhileAnythingIsLoadedOrTheHostIsDown() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(POLICY.observeEvery()));
        host.after(SECOND);
        host.refusesConnections();

        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(POLICY.observeEvery()));
    }

    @Test
    void lastUseThatTheHostKnowsOfCounts() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);
        host.after(Duration.ofMinutes(1));
        Instant used = host.clock.instant().minusSeconds(10);

        host.rows(new InstanceRow(QWEN_1, TTL, 8_192, used));

        assertThat(host.instance(QWEN_1).lastUsed()).isEqualTo(used);
        assertThat(host.instance(QWEN_1).contextLength()).isEqualTo(8_192);
        assertThat(host.instance(QWEN_1).hostEnd(host.clock.instant())).isEqualTo(used.plus(TTL));
        assertThat(host.instance(QWEN_1).admit()).isTrue();
        assertThat(host.instance(QWEN_1).hostEnd(host.clock.instant()))
                .isEqualTo(host.clock.instant().plus(TTL));
        host.instance(QWEN_1).leave();
    }

    @Test
    void viewListsWhatWaits() {
        ScriptedHost host = ScriptedHost.seen(GEMMA + "~1");
        host.ensure("a", QWEN);
        host.ensure("b", QWEN);
        host.unload("c", GEMMA, false);
        host.progress(40);

        assertThat(host.view.waiting())
                .containsExactly(
                        new HostView.Waiting("load", new ModelKey(QWEN), 0, 40, 2),
                        new HostView.Waiting("unload", new ModelKey(GEMMA), 1, -1, 1));
        assertThat(host.view.knows(GEMMA + "~1")).isTrue();
        assertThat(host.view.knows(GEMMA)).isTrue();
        assertThat(host.view.knows("other")).isFalse();
    }

    @Test
    void rowsOfUnknownInstancesChangeNothing() {
        ScriptedHost host = ScriptedHost.seen(QWEN_1);

        host.rows(row("other", TTL));

        assertThat(host.view.instances()).containsOnlyKeys(QWEN_1);
    }
}
