package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.POLICY;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.SECOND;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.loadFailed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.host.Finding.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HostCoreHealingTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String FIRST = QWEN + "~1";
    private static final String NEXT = QWEN + "~2";
    private static final Wanted PINNED = new Wanted(new ModelKey(QWEN), HOUR, 8_192, true);
    private static final Wanted PINNED_TOO = new Wanted(new ModelKey(GEMMA), HOUR, null, true);
    private static final Wanted PRELOADED = new Wanted(new ModelKey(GEMMA), TTL, null, false);

    private final List<String> memory = new ArrayList<>();

    private static ScriptedHost wanting(Wanted... wanted) {
        return new ScriptedHost(POLICY.watching(new HostPolicy.Watching(Duration.ofMinutes(5), true, List.of(wanted))));
    }

    /** A second later: a look shows what is in memory, and whatever rows are asked for tell the same. */
    private void look(ScriptedHost host) {
        host.clock.advance(SECOND);
        host.tick();
        if (host.state.looking()) {
            host.observed(memory.toArray(String[]::new));
        }
        rows(host);
    }

    private void rows(ScriptedHost host) {
        if (host.state.readingRows()) {
            Duration ttl = host.all(HostAction.RunLoad.class).isEmpty()
                    ? TTL
                    : host.last(HostAction.RunLoad.class).ttl();
            host.rows(memory.stream()
                    .map(id -> new InstanceRow(id, ttl, null, null))
                    .toArray(InstanceRow[]::new));
        }
    }

    /** The load under way succeeds. */
    private void loaded(ScriptedHost host) {
        memory.add(host.last(HostAction.RunLoad.class).identifier());
        host.processSucceeds();
        look(host);
        look(host);
    }

    private static List<String> loads(ScriptedHost host) {
        return host.all(HostAction.RunLoad.class).stream()
                .map(HostAction.RunLoad::identifier)
                .toList();
    }

    private static List<Kind> found(ScriptedHost host) {
        return host.view.findings().stream().map(Finding::kind).toList();
    }

    @Test
    void whatIsPinnedIsLoadedAfterASecondLookWithItsOwnTtlAndContext() {
        ScriptedHost host = wanting(PINNED);
        host.observed();
        rows(host);
        assertThat(loads(host)).as("one look is no proof").isEmpty();
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(POLICY.pollEvery()));
        look(host);
        HostAction.RunLoad load = host.last(HostAction.RunLoad.class);
        assertThat(load.identifier()).isEqualTo(FIRST);
        assertThat(load.ttl()).isEqualTo(HOUR);
        assertThat(load.contextLength()).isEqualTo(8_192);
        assertThat(host.told(HostNotice.Repairing.class))
                .containsExactly(new HostNotice.Repairing(new ModelKey(QWEN), Cause.WANTED, 1));

        loaded(host);
        look(host);
        assertThat(loads(host)).hasSize(1);
        assertThat(host.state.watch().repairs().missing()).isEmpty();
    }

    @Test
    void whatVanishesIsLoadedAgainUnlessNobodyWantsIt() {
        memory.addAll(List.of(FIRST, GEMMA + "~1"));
        ScriptedHost host = wanting(PINNED);
        host.observed(memory.toArray(String[]::new));
        rows(host);
        memory.clear();
        look(host);
        look(host);
        assertThat(loads(host)).containsExactly(NEXT);
        loaded(host);
        look(host);
        assertThat(loads(host)).containsExactly(NEXT);
    }

    @Test
    void whatBlinksIsNotLoadedAgain() {
        memory.add(FIRST);
        ScriptedHost host = wanting(PINNED);
        host.observed(FIRST);
        rows(host);
        host.clock.advance(SECOND);
        host.observed();
        host.observed(FIRST);
        look(host);
        look(host);
        assertThat(loads(host)).isEmpty();
    }

    @Test
    void aCallerWhoAsksMeanwhileJoinsTheLoad() {
        ScriptedHost host = wanting(PINNED);
        host.observed();
        look(host);
        host.ensure("a", QWEN);
        assertThat(loads(host)).hasSize(1);
        loaded(host);
        assertThat(host.ready("a").instance().identifier()).isEqualTo(FIRST);
        assertThat(loads(host)).hasSize(1);
    }

    @Test
    void aLoadThatACallerAskedForIsNotDoubled() {
        ScriptedHost host = wanting(PINNED);
        host.observed();
        host.ensure("a", QWEN);
        look(host);
        look(host);
        assertThat(loads(host)).hasSize(1);
        assertThat(host.state.queue()).isEmpty();
    }

    @Test
    void severalComeBackOneAfterTheOtherInTheirOrder() {
        ScriptedHost host = wanting(PINNED_TOO, PINNED);
        host.observed();
        look(host);
        assertThat(loads(host)).containsExactly(GEMMA + "~1");
        assertThat(host.state.queue()).isEmpty();
        loaded(host);
        assertThat(loads(host)).containsExactly(GEMMA + "~1", FIRST);
        loaded(host);
        look(host);
        assertThat(loads(host)).hasSize(2);
    }

    @Test
    void aModelThatKeepsVanishingIsLoadedThreeTimesInTenMinutesAndThenTold() {
        ScriptedHost host = wanting(PINNED);
        host.observed();
        for (int time = 0; time < 3; time++) {
            look(host);
            loaded(host);
            memory.clear();
            look(host);
        }
        assertThat(loads(host)).hasSize(3);
        look(host);
        look(host);
        assertThat(loads(host)).hasSize(3);
        assertThat(found(host)).containsExactly(Kind.GIVES_UP);
        assertThat(host.view.findings().getFirst().model()).isEqualTo(new ModelKey(QWEN));

        host.clock.advance(Healing.WINDOW);
        look(host);
        look(host);
        assertThat(loads(host)).hasSize(4);
        assertThat(found(host)).isEmpty();
    }

    @Test
    void aModelThatIsNotOnDiskIsToldAndNotTried() {
        ScriptedHost host = wanting(new Wanted(new ModelKey("no/such"), HOUR, null, true), PINNED);
        host.observed();
        look(host);
        assertThat(loads(host)).containsExactly(FIRST);
        assertThat(found(host)).containsExactly(Kind.GIVES_UP);
        assertThat(host.view.findings().getFirst().subject()).isEqualTo("no/such");
    }

    @Test
    void nothingIsTriedBehindAnOpenBreakerNorCounted() {
        ScriptedHost host = new ScriptedHost(
                ScriptedHost.persistent(1).policy.watching(new HostPolicy.Watching(HOUR, true, List.of(PINNED))));
        host.observed();
        look(host);
        host.processFails(loadFailed("lms_failed"));
        for (int second = 0; second < 50; second++) {
            look(host);
        }
        assertThat(loads(host)).hasSize(1);
        assertThat(found(host)).isEmpty();
        for (int second = 0; second < 12; second++) {
            look(host);
        }
        assertThat(loads(host)).hasSize(2);
    }

    @Test
    void nothingIsDoneByABridgeThatOnlyTells() {
        memory.addAll(List.of(GEMMA + "~1", GEMMA + "~2"));
        ScriptedHost host = new ScriptedHost(POLICY.watching(new HostPolicy.Watching(HOUR, false, List.of(PINNED))));
        host.observed(memory.toArray(String[]::new));
        for (int second = 0; second < 40; second++) {
            look(host);
        }
        assertThat(loads(host)).isEmpty();
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(found(host)).containsExactly(Kind.DUPLICATE);
    }

    @Test
    void nothingIsDoneWhileTheHostIsDownOrTheBridgeStops() {
        ScriptedHost host = wanting(PINNED);
        host.observed();
        host.refusesConnections();
        host.tick();
        assertThat(loads(host)).isEmpty();
        host.on(new HostEvent.ShutdownAsked());
        host.observed();
        host.observed();
        assertThat(loads(host)).isEmpty();
    }

    @Test
    void whatIsPreloadedIsLoadedOnceAfterEachStartOfLmStudio() {
        ScriptedHost host = wanting(PRELOADED);
        host.observed();
        look(host);
        loaded(host);
        memory.clear();
        look(host);
        look(host);
        look(host);
        assertThat(loads(host))
                .as("what somebody unloads, or its TTL, stays unloaded")
                .hasSize(1);

        host.refusesConnections();
        look(host);
        look(host);
        assertThat(loads(host)).as("LM Studio has begun anew").hasSize(2);
    }

    @Test
    void aHostThatComesBackWithItsMemoryIsNotPreloadedAgain() {
        ScriptedHost host = wanting(PRELOADED);
        memory.add(FIRST);
        host.observed(FIRST);
        look(host);
        loaded(host);
        memory.remove(GEMMA + "~1");
        look(host);
        host.refusesConnections();
        look(host);
        look(host);
        assertThat(loads(host)).hasSize(1);
    }

    @Test
    void ofTwoOfOurOwnTheNewerIdleOneGoesAfterAWhile() {
        memory.addAll(List.of(FIRST, NEXT));
        ScriptedHost host = wanting();
        host.observed(FIRST, NEXT);
        for (int second = 0; second < 29; second++) {
            look(host);
        }
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        look(host);
        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(NEXT);
        memory.remove(NEXT);
        host.processSucceeds();
        look(host);
        assertThat(host.told(HostNotice.Unloaded.class))
                .containsExactly(new HostNotice.Unloaded(new ModelKey(QWEN), NEXT, Cause.DUPLICATE));
        look(host);
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
    }

    @Test
    void ofTwoOfOurOwnTheOneInUseStays() {
        memory.addAll(List.of(FIRST, NEXT));
        ScriptedHost host = wanting();
        host.observed(FIRST, NEXT);
        host.instance(NEXT).admit();
        for (int second = 0; second < 31; second++) {
            look(host);
        }
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
        assertThat(host.last(HostAction.RunUnload.class).identifier()).isEqualTo(FIRST);
    }

    @Test
    void duplicatesThatSomebodyElseMadeStay() {
        ScriptedHost host = wanting();
        List<LoadedModel> loaded = List.of(
                new LoadedModel(FIRST, new ModelKey(QWEN), 4_096),
                new LoadedModel(QWEN + ":2", new ModelKey(QWEN), 4_096),
                new LoadedModel(GEMMA, new ModelKey(GEMMA), 4_096),
                new LoadedModel(GEMMA + ":2", new ModelKey(GEMMA), 4_096));
        for (int second = 0; second < 40; second++) {
            host.clock.advance(SECOND);
            host.on(new HostEvent.Observed(new Observation(new Catalog(host.disk), loaded), host.clock.instant()));
        }
        assertThat(host.all(HostAction.RunUnload.class)).isEmpty();
        assertThat(found(host)).contains(Kind.DUPLICATE);
    }

    @Test
    void anUnloadOfADuplicateThatFailsIsTriedAgainAfterAWhile() {
        memory.addAll(List.of(FIRST, NEXT));
        ScriptedHost host = wanting();
        host.observed(FIRST, NEXT);
        for (int second = 0; second < 30; second++) {
            look(host);
        }
        host.processFails(loadFailed("lms_failed"));
        for (int second = 0; second < 29; second++) {
            look(host);
        }
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(1);
        look(host);
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(2);
    }

    @Test
    void aRequestWaitsForASlowLookHalfASecondIfItsModelIsLoaded() {
        ScriptedHost host = ScriptedHost.seen(FIRST);
        host.clock.advance(Duration.ofSeconds(5));
        host.ensure("a", QWEN);
        host.ensure("b", GEMMA);
        assertThat(host.wakeAt).isEqualTo(host.clock.instant().plus(Refresh.BOUND));
        host.after(Refresh.BOUND.minusMillis(1));
        assertThat(host.answersTo("a")).isEmpty();
        host.after(Duration.ofMillis(1));
        assertThat(host.ready("a").alreadyLoaded()).isTrue();
        assertThat(host.answersTo("b"))
                .as("what is not loaded waits for the look")
                .isEmpty();
        host.ensure("c", QWEN);
        assertThat(host.ready("c").alreadyLoaded()).isTrue();
        host.ensure("d", QWEN, TTL, null, host.clock.instant());
        assertThat(host.answersTo("d")).as("its instance was missing").isEmpty();
        assertThat(host.wakeAt).isAfter(host.clock.instant());
    }

    @Test
    void aViewOfTenSecondsDecidesNothingHoweverSlowTheLook() {
        ScriptedHost host = ScriptedHost.seen(FIRST);
        host.clock.advance(HostPolicy.STALE_AFTER);
        host.ensure("a", QWEN);
        host.after(Refresh.BOUND);
        assertThat(host.answersTo("a")).isEmpty();
    }

    @Test
    void anAnswerOfTheInstanceIsAsGoodAsALook() {
        ScriptedHost host = ScriptedHost.seen(FIRST);
        host.clock.advance(Duration.ofSeconds(5));
        host.instance(FIRST).alive(host.clock.instant());
        host.clock.advance(POLICY.freshFor());
        host.ensure("a", QWEN);
        assertThat(host.ready("a").alreadyLoaded()).isTrue();
        host.clock.advance(Duration.ofMillis(1));
        host.ensure("b", QWEN);
        assertThat(host.answersTo("b")).isEmpty();
    }

    @Test
    void aLookThatBeganBeforeAnAnswerCannotSayThatTheInstanceIsGone() {
        ScriptedHost host = ScriptedHost.seen(FIRST);
        host.clock.advance(SECOND);
        var begun = host.clock.instant();
        host.clock.advance(SECOND);
        host.instance(FIRST).alive(host.clock.instant());
        host.observedSince(begun);
        assertThat(host.state.instances()).containsKey(FIRST);
        assertThat(host.instance(FIRST).lastSeen()).isEqualTo(host.clock.instant());
        host.observed();
        assertThat(host.state.instances()).isEmpty();
    }
}
