package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HostCoreDrainTest {
    private final ScriptedHost host = ScriptedHost.seen();

    @Test
    void loadsThatWaitAreRefusedAndTheOneUnderWayGoesOn() {
        host.ensure("running", QWEN);
        host.ensure("queued", GEMMA);

        host.on(new HostEvent.DrainAsked());

        assertThat(host.code("queued")).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(host.answersTo("running")).isEmpty();
        assertThat(host.all(HostAction.Interrupt.class)).isEmpty();
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);
    }

    @Test
    void anUnloadThatWaitsIsStillDone() {
        ScriptedHost warm = ScriptedHost.seen(QWEN + "~1");
        warm.ensure("running", GEMMA);
        warm.unload("unload", QWEN, false);

        warm.on(new HostEvent.DrainAsked());

        assertThat(warm.answersTo("unload")).isEmpty();
    }

    /** As when it is pinned, and has vanished: an operator's word goes before what is wanted. */
    @Test
    void whatIsWantedIsLoadedOnlyOnceTheHostIsInUseAgain() {
        ScriptedHost host = ScriptedHost.seen();
        host.on(new HostEvent.PinAsked("pin", ScriptedHost.QWEN, null, true));
        host.loadCompletes();
        host.on(new HostEvent.DrainAsked());
        for (int look = 0; look < 5; look++) {
            host.after(Duration.ofSeconds(1));
            host.observed();
        }
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(1);

        host.on(new HostEvent.ResumeAsked());
        for (int look = 0; look < 5; look++) {
            host.after(Duration.ofSeconds(1));
            host.observed();
        }
        assertThat(host.all(HostAction.RunLoad.class)).hasSize(2);
    }
}
