package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a run that was killed has left, here shells that carry the mark of one of its calls. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class LeftoversTest {
    private final String mark = UUID.randomUUID().toString();
    private final Leftovers leftovers = new Leftovers(System::nanoTime);

    @TempDir
    private Path folder;

    private Process orphan(String onInterrupt) throws Exception {
        Path up = folder.resolve("up");
        ProcessBuilder builder = new ProcessBuilder(
                "sh", "-c", "trap '" + onInterrupt + "' INT; touch '" + up + "'; while :; do sleep 0.05; done");
        builder.environment().put(LmsProcess.MARKER, mark);
        Process started = builder.start();
        Machine.await(() -> Files.exists(up));
        return started;
    }

    @Test
    void whoObeysTheInterruptIsNotEndedByForce() throws Exception {
        assumeFalse(Machine.interruptsAreIgnored(), "SIGINT is ignored, and children inherit that");
        Process orphan = orphan("exit 7");

        Leftovers.Ended ended = leftovers.end(mark, "m~1");

        assertThat(ended.processes()).isPositive();
        assertThat(ended.byForce()).isFalse();
        assertThat(orphan.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(orphan.exitValue()).isEqualTo(7);
    }

    @Test
    void whoIgnoresItIsKilled() throws Exception {
        Process orphan = orphan("");

        Leftovers.Ended ended = leftovers.end(mark, "m~1");

        assertThat(ended.byForce()).isTrue();
        assertThat(orphan.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(orphan.exitValue()).isEqualTo(137);
    }

    @Test
    void whoCarriesAnotherMarkIsLeftAlone() throws Exception {
        Process other = orphan("");
        try {
            assertThat(leftovers.end(UUID.randomUUID().toString(), "m~1")).isEqualTo(new Leftovers.Ended(0, false));
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }
}
