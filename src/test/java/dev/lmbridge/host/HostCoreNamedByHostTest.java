package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Loads whose instance gets its name from the host: those over LM Studio's own API, which takes neither name nor TTL. */
final class HostCoreNamedByHostTest {
    private static final String WARNING = "ttl_not_enforced_by_host";

    private final ScriptedHost host = ScriptedHost.seen();

    @Test
    void theInstanceIsLookedForUnderTheNameThatTheHostHasGiven() {
        host.ensure("a", QWEN);
        endsAs(QWEN + ":2");
        host.observed(QWEN + "~1");
        assertThat(host.answersTo("a")).isEmpty();

        host.observed(QWEN + ":2");
        host.rows(row(QWEN + ":2", null));

        Answer.Ready ready = host.ready("a");
        assertThat(ready.instance().identifier()).isEqualTo(QWEN + ":2");
        assertThat(ready.instance().foreign()).isFalse();
        assertThat(ready.ttl()).as("the bridge's own clock ends it").isEqualTo(ScriptedHost.TTL);
        assertThat(ready.warnings()).containsExactly(WARNING);
    }

    @Test
    void whoFindsItLoadedIsWarnedToo() {
        host.ensure("a", QWEN);
        endsAs(QWEN);
        host.observed(QWEN);
        host.rows(row(QWEN, null));

        host.ensure("b", QWEN);

        assertThat(host.ready("b").alreadyLoaded()).isTrue();
        assertThat(host.ready("b").warnings()).containsExactly(WARNING);
    }

    @Test
    void whatSomebodyElseHasLoadedCarriesNoWarning() {
        ScriptedHost warm = ScriptedHost.seen(QWEN);

        warm.ensure("a", QWEN);

        assertThat(warm.ready("a").instance().foreign()).isTrue();
        assertThat(warm.ready("a").warnings()).isEmpty();
    }

    @Test
    void requestsThatFoundItBeforeItsLoadHadEndedStillCount() {
        host.ensure("a", QWEN);
        host.observed(QWEN);
        Instance early = host.instance(QWEN);
        assertThat(early.admit()).isTrue();

        endsAs(QWEN);
        host.observed(QWEN);
        host.rows(row(QWEN, null));

        assertThat(host.instance(QWEN).foreign()).isFalse();
        assertThat(host.instance(QWEN).inFlight()).isEqualTo(1);
        early.leave();
        assertThat(host.instance(QWEN).inFlight()).isZero();
    }

    @Test
    void oneThatNeverAppearsUnderThatNameIsNotBelieved() {
        host.ensure("a", QWEN);
        endsAs(QWEN + ":2");

        host.after(ScriptedHost.POLICY.verifyWithin());

        assertThat(host.refusal("a").more()).containsEntry("reason", "never_appeared");
    }

    private void endsAs(String identifier) {
        host.on(new HostEvent.ProcessEnded(host.operation(), null, identifier));
    }
}
