package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.TTL;
import static dev.lmbridge.host.ScriptedHost.row;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A TTL is wrong at the host if it is not the one that the host was told, which is not always the one that was asked for. */
final class HostCoreToldTtlTest {
    private final ScriptedHost host = ScriptedHost.seen();

    @Test
    void whatIsLoadedForAPinHasTheLongestTtlAndNothingIsWrongWithThat() {
        host.on(new HostEvent.PinAsked("pin", QWEN, null, true));
        host.ensure("first", QWEN);
        host.loadCompletes();

        assertThat(host.last(HostAction.RunLoad.class).ttl()).isGreaterThan(TTL);
        assertThat(host.view.findings()).isEmpty();
        assertThat(host.ready("first").warnings()).isEmpty();
    }

    @Test
    void whatIsLoadedForAPinAndHasTheUsualTtlIsWrong() {
        host.on(new HostEvent.PinAsked("pin", QWEN, null, true));
        host.ensure("first", QWEN);
        host.processSucceeds();
        host.observed(QWEN + "~1");
        host.rows(row(QWEN + "~1", TTL));

        assertThat(host.view.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.WRONG_TTL);
        assertThat(host.ready("first").warnings()).containsExactly("ttl_differs");
    }

    /** As by LM Studio's own API, which takes neither a name nor a TTL; {@code lms} is found later. */
    @Test
    void whatHasItsNameFromTheHostWasToldNoTtl() {
        host.ensure("first", QWEN);
        host.on(new HostEvent.ProcessEnded(host.operation(), null, QWEN));
        host.observed(QWEN);
        host.rows(row(QWEN, null));

        assertThat(host.view.findings()).isEmpty();
    }
}
