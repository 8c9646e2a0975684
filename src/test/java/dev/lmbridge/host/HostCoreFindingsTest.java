package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.POLICY;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.SECOND;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Finding.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HostCoreFindingsTest {
    private static final String FIRST = QWEN + "~1";
    private static final String SECOND_ONE = QWEN + "~2";
    private static final String OTHERS = GEMMA;

    private static List<Kind> now(ScriptedHost host) {
        return host.view.findings().stream().map(Finding::kind).toList();
    }

    private static long began(ScriptedHost host, Kind kind) {
        return host.told(HostNotice.FindingBegan.class).stream()
                .filter(one -> one.finding().kind() == kind)
                .count();
    }

    private static long ended(ScriptedHost host, Kind kind) {
        return host.told(HostNotice.FindingEnded.class).stream()
                .filter(one -> one.finding().kind() == kind)
                .count();
    }

    private static void rowsFail(ScriptedHost host) {
        host.on(new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "no lms"), host.clock.instant()));
    }

    private static void look(ScriptedHost host, String... identifiers) {
        host.clock.advance(SECOND);
        host.tick();
        host.observed(identifiers);
    }

    /** A host whose own load of QWEN is confirmed by such a row. */
    private static ScriptedHost loaded(InstanceRow confirmed) {
        ScriptedHost host = ScriptedHost.seen();
        host.ensure("a", QWEN, TTL, 4_096, null);
        host.processSucceeds();
        host.observed(FIRST);
        host.rows(confirmed);
        host.tick();
        return host;
    }

    @Test
    void nothingIsFoundOnAHostThatIsAsItShouldBe() {
        ScriptedHost host = loaded(row(FIRST, TTL));
        look(host, FIRST);
        assertThat(host.view.findings()).isEmpty();
        assertThat(host.told(HostNotice.FindingBegan.class)).isEmpty();
    }

    @Test
    void whatSomebodyElseHasLoadedIsTold() {
        ScriptedHost host = ScriptedHost.seen();
        look(host, OTHERS);
        look(host, OTHERS);
        assertThat(now(host)).containsExactly(Kind.FOREIGN);
        assertThat(host.view.findings().getFirst().subject()).isEqualTo(OTHERS);
        assertThat(host.view.findings().getFirst().since())
                .isEqualTo(host.clock.instant().minus(SECOND));
        assertThat(began(host, Kind.FOREIGN)).isEqualTo(1);

        look(host);
        assertThat(now(host)).isEmpty();
        assertThat(ended(host, Kind.FOREIGN)).isEqualTo(1);
        assertThat(host.told(HostNotice.FindingEnded.class).getLast().lasted()).isEqualTo(SECOND.multipliedBy(2));
    }

    @Test
    void aKeyThatIsLoadedTwiceIsTold() {
        ScriptedHost host = ScriptedHost.seen(FIRST, OTHERS);
        look(host, FIRST, OTHERS);
        assertThat(now(host)).doesNotContain(Kind.DUPLICATE);
        look(host, FIRST, OTHERS, SECOND_ONE);
        assertThat(now(host)).contains(Kind.DUPLICATE);
        assertThat(host.told(HostNotice.FindingBegan.class).getLast().finding().detail())
                .contains(FIRST)
                .contains(SECOND_ONE);
    }

    @Test
    void anotherTtlThanWeSetIsTold() {
        assertThat(now(loaded(row(FIRST, Duration.ofHours(1))))).containsExactly(Kind.WRONG_TTL);
        assertThat(now(loaded(row(FIRST, null)))).containsExactly(Kind.WRONG_TTL);
    }

    @Test
    void anotherContextThanWeLoadedWithIsTold() {
        ScriptedHost host = loaded(new InstanceRow(FIRST, TTL, 2_048, null));
        assertThat(now(host)).containsExactly(Kind.WRONG_CONTEXT);
        assertThat(host.view.findings().getFirst().detail()).contains("4096").contains("2048");
    }

    @Test
    void anInstanceInUseThatAnswersNothingIsTold() {
        ScriptedHost host = ScriptedHost.seen(FIRST);
        assertThat(host.instance(FIRST).admit()).isTrue();
        look(host, FIRST);
        host.clock.advance(Findings.STUCK_AFTER.minusSeconds(2));
        host.instance(FIRST).alive(host.clock.instant());
        look(host, FIRST);
        look(host, FIRST);
        look(host, FIRST);
        assertThat(now(host)).as("it has answered of late").isEmpty();

        host.clock.advance(Findings.STUCK_AFTER);
        look(host, FIRST);
        assertThat(now(host)).containsExactly(Kind.STUCK);
        look(host, FIRST);
        assertThat(began(host, Kind.STUCK)).isEqualTo(1);

        host.instance(FIRST).alive(host.clock.instant());
        look(host, FIRST);
        assertThat(now(host)).isEmpty();
        host.instance(FIRST).leave();
    }

    @Test
    void anInstanceThatNobodyUsesIsNotStuck() {
        ScriptedHost host = ScriptedHost.seen(FIRST);
        host.instance(FIRST).admit();
        look(host, FIRST);
        host.instance(FIRST).leave();
        look(host, FIRST);
        host.instance(FIRST).admit();
        host.clock.advance(Findings.STUCK_AFTER.minus(SECOND));
        look(host, FIRST);
        assertThat(now(host)).as("the second request began late").isEmpty();
        host.instance(FIRST).leave();
    }

    @Test
    void aHostThatIsDownIsToldOnceAndWhatWasFoundThereStays() {
        ScriptedHost host = ScriptedHost.seen(OTHERS);
        host.refusesConnections();
        look(host);
        assertThat(host.told(HostNotice.FindingEnded.class)).hasSize(2);
        look(host, OTHERS);
        host.refusesConnections();
        host.refusesConnections();
        assertThat(now(host)).containsExactlyInAnyOrder(Kind.HOST_DOWN, Kind.FOREIGN);
        assertThat(began(host, Kind.HOST_DOWN)).isEqualTo(2);
        look(host, OTHERS);
        assertThat(now(host)).containsExactly(Kind.FOREIGN);
        assertThat(began(host, Kind.FOREIGN)).isEqualTo(2);
        assertThat(ended(host, Kind.HOST_DOWN)).isEqualTo(2);
    }

    @Test
    void lmsThatFailsTwiceWhileHttpWorksIsToldUntilItWorks() {
        ScriptedHost host = new ScriptedHost();
        host.observed();
        rowsFail(host);
        look(host);
        assertThat(now(host)).as("once is no proof").isEmpty();
        rowsFail(host);
        assertThat(now(host)).as("HTTP may have gone, too").isEmpty();
        host.clock.advance(Duration.ofMillis(1));
        host.observed();
        assertThat(now(host)).containsExactly(Kind.LMS_BROKEN);
        assertThat(host.view.findings().getFirst().detail()).contains("no lms");

        int reads = host.all(HostAction.ReadRows.class).size();
        for (int second = 0; second < 31; second++) {
            look(host);
        }
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(reads + 1);
        rowsFail(host);
        assertThat(host.told(HostNotice.RowsUnread.class))
                .as("what is found is not told again")
                .hasSize(2);
        host.rows();
        assertThat(now(host)).isEmpty();
    }

    @Test
    void lmsThatFailsOnceIsAskedAgainAfterASecond() {
        ScriptedHost host = new ScriptedHost();
        host.observed();
        rowsFail(host);
        int reads = host.all(HostAction.ReadRows.class).size();
        look(host);
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(reads + 1);
    }

    @Test
    void httpThatFailsWhileLmsWorksIsTold() {
        ScriptedHost host = ScriptedHost.seen();
        host.refusesConnections();
        assertThat(host.all(HostAction.ReadRows.class))
                .as("lms is asked at once")
                .hasSize(1);
        host.clock.advance(SECOND);
        host.rows();
        assertThat(now(host)).as("it may have come back").containsExactly(Kind.HOST_DOWN);
        host.clock.advance(SECOND);
        host.tick();
        host.refusesConnections();
        assertThat(now(host)).containsExactlyInAnyOrder(Kind.HOST_DOWN, Kind.HTTP_BROKEN);
        look(host);
        assertThat(now(host)).isEmpty();
    }

    @Test
    void lmsIsAskedSeldomWhileTheHostIsDown() {
        ScriptedHost host = ScriptedHost.seen();
        host.refusesConnections();
        rowsFail(host);
        host.clock.advance(POLICY.watching().rowsEvery().minus(SECOND));
        host.refusesConnections();
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(1);
        host.clock.advance(SECOND);
        host.refusesConnections();
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(2);
    }

    @Test
    void rowsAreReadByScheduleOnlyWhileSomethingIsLoaded() {
        ScriptedHost loaded = ScriptedHost.seen(FIRST);
        ScriptedHost empty = ScriptedHost.seen();
        loaded.clock.advance(POLICY.watching().rowsEvery().minus(SECOND));
        empty.clock.advance(POLICY.watching().rowsEvery().minus(SECOND));
        loaded.observed(FIRST);
        assertThat(loaded.all(HostAction.ReadRows.class)).isEmpty();
        look(loaded, FIRST);
        look(empty);
        assertThat(loaded.all(HostAction.ReadRows.class)).hasSize(1);
        assertThat(empty.all(HostAction.ReadRows.class)).isEmpty();
    }

    @Test
    void rowsAreReadAsOftenAsThePolicySaysEvenIfThatIsOften() {
        ScriptedHost host =
                new ScriptedHost(POLICY.watching(new HostPolicy.Watching(SECOND.multipliedBy(2), true, List.of())));
        host.observed(FIRST);
        host.rows(row(FIRST, TTL));
        look(host, FIRST);
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(1);
        look(host, FIRST);
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(2);
    }

    @Test
    void rowsAreReadWhenTheHostComesUp() {
        ScriptedHost host = new ScriptedHost();
        host.observed();
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(1);
        host.rows();
        host.refusesConnections();
        rowsFail(host);
        look(host);
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(3);
    }

    /** What the two ways show, twice, each followed by a look. */
    private static ScriptedHost shown(List<String> http, List<String> lms) {
        ScriptedHost host = new ScriptedHost();
        String[] seen = http.toArray(String[]::new);
        InstanceRow[] rows = lms.stream().map(id -> row(id, TTL)).toArray(InstanceRow[]::new);
        host.observed(seen);
        host.clock.advance(Duration.ofMillis(100));
        host.rows(rows);
        look(host, seen);
        assertThat(now(host)).as("it may be a matter of moments").doesNotContain(Kind.TWO_MACHINES, Kind.PATHS_DIFFER);
        host.rows(rows);
        look(host, seen);
        return host;
    }

    @Test
    void twoMachinesAreToldFromNothingInCommon() {
        for (ScriptedHost host : List.of(
                shown(List.of(FIRST), List.of()),
                shown(List.of(), List.of(FIRST)),
                shown(List.of(FIRST), List.of(SECOND_ONE)))) {
            assertThat(now(host)).containsExactly(Kind.TWO_MACHINES);
            host.ensure("a", GEMMA);
            host.unload("b", QWEN, true);
            assertThat(host.code("a")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
            assertThat(host.refusal("a").detail()).contains("two machines").contains("qwen/qwen3-4b~");
            assertThat(host.code("b")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        }
    }

    @Test
    void whatIsLoadedServesThoughLmsLeadsElsewhere() {
        ScriptedHost host = shown(List.of(FIRST), List.of());
        host.ensure("a", QWEN);
        assertThat(host.ready("a").instance().identifier()).isEqualTo(FIRST);
    }

    @Test
    void oneInCommonIsOneMachineThatIsShownInTwoWays() {
        ScriptedHost host = shown(List.of(FIRST), List.of(FIRST, SECOND_ONE));
        assertThat(now(host)).containsExactly(Kind.PATHS_DIFFER);
        host.ensure("a", GEMMA);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void aContextThatTheTwoWaysTellDifferentlyIsTold() {
        ScriptedHost host = new ScriptedHost();
        InstanceRow row = new InstanceRow(OTHERS, null, 8_192, null);
        host.observed(OTHERS);
        host.rows(row);
        look(host, OTHERS);
        host.rows(row);
        look(host, OTHERS);
        assertThat(now(host)).containsExactlyInAnyOrder(Kind.FOREIGN, Kind.PATHS_DIFFER);
    }

    @Test
    void aCuredHostIsLoadedOnAgain() {
        ScriptedHost host = shown(List.of(), List.of(FIRST));
        for (int second = 0; second < 31; second++) {
            look(host);
        }
        host.rows();
        host.tick();
        assertThat(now(host)).isEmpty();
        assertThat(ended(host, Kind.TWO_MACHINES)).isEqualTo(1);
        host.ensure("a", GEMMA);
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void aDisagreementIsLookedIntoTwiceAtOnceAndThenEveryHalfMinute() {
        ScriptedHost host = shown(List.of(FIRST), List.of());
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(2);
        for (int second = 0; second < 27; second++) {
            look(host, FIRST);
        }
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(2);
        for (int second = 0; second < 4; second++) {
            look(host, FIRST);
        }
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(3);
    }

    @Test
    void whatCameOrWentWhileTheRowsWereReadIsNoDisagreement() {
        ScriptedHost host = ScriptedHost.seen(FIRST);
        var begun = host.clock.instant();
        host.clock.advance(SECOND);
        host.observed(FIRST, OTHERS);
        host.on(new HostEvent.RowsRead(List.of(row(SECOND_ONE, TTL)), begun));
        look(host, OTHERS, SECOND_ONE);
        assertThat(host.state.watch().rows().paths()).isEqualTo(Watch.Paths.AGREE);
    }

    @Test
    void aLoadThatNeverAppearsMakesBothWaysCompared() {
        ScriptedHost host = ScriptedHost.seen();
        host.ensure("a", QWEN);
        host.processSucceeds();
        host.clock.advance(POLICY.verifyWithin());
        host.observed();
        host.tick();
        assertThat(host.code("a")).isEqualTo(FailureCode.MODEL_VERIFICATION_FAILED);
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(1);
        host.rows(row(FIRST, TTL));
        look(host);
        host.rows(row(FIRST, TTL));
        look(host);
        assertThat(now(host)).containsExactly(Kind.TWO_MACHINES);
    }

    @Test
    void anOperationUnderWayIsNoDisagreement() {
        ScriptedHost host = ScriptedHost.seen();
        host.ensure("a", QWEN);
        host.on(new HostEvent.RowsRead(List.of(row(FIRST, TTL)), host.clock.instant()));
        look(host);
        assertThat(host.state.watch().rows().paths()).isEqualTo(Watch.Paths.AGREE);
    }
}
