package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProcessTreeTest {
    private final String value = UUID.randomUUID().toString();

    @Test
    void orphanThatHidesItsMarkerIsRememberedAsADescendant() throws Exception {
        var process = shell("env -u TREE_TEST sleep 100 >/dev/null 2>&1 & echo $!; read -r line");
        var tree = new ProcessTree(process.toHandle(), "TREE_TEST=" + value);
        var orphan = firstPrinted(process);

        tree.look();
        end(process);

        assertThat(orphan.isAlive()).isTrue();
        assertThat(tree.alive()).containsExactly(orphan);
        assertThat(tree.kill()).isEqualTo(1);
        orphan.onExit().get(20, TimeUnit.SECONDS);
        assertThat(tree.alive()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void orphanThatWasNeverSeenIsFoundByItsMarker() throws Exception {
        var process = shell("setsid sleep 100 >/dev/null 2>&1 & echo $!; read -r line");
        var tree = new ProcessTree(process.toHandle(), "TREE_TEST=" + value);
        var orphan = firstPrinted(process);
        // In the middle of becoming another program a process shows no environment.
        Machine.await(() -> orphan.info()
                .arguments()
                .filter(arguments -> List.of(arguments).equals(List.of("100")))
                .isPresent());

        end(process);

        assertThat(tree.alive()).containsExactly(orphan);
        assertThat(tree.kill()).isEqualTo(1);
        orphan.onExit().get(20, TimeUnit.SECONDS);
        assertThat(tree.kill()).isZero();
    }

    @Test
    void processesOfAnotherCallAreLeftAlone() throws Exception {
        var ours = shell("read -r line");
        var other = new ProcessBuilder("sh", "-c", "read -r line");
        other.environment().put("TREE_TEST", value + "0");
        var theirs = other.start();
        var tree = new ProcessTree(ours.toHandle(), "TREE_TEST=" + value);

        assertThat(tree.alive()).containsExactly(ours.toHandle());
        assertThat(tree.kill()).isEqualTo(1);
        assertThat(ours.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(theirs.isAlive()).isTrue();
        end(theirs);
    }

    private Process shell(String script) throws IOException {
        var builder = new ProcessBuilder("sh", "-c", script);
        builder.environment().put("TREE_TEST", value);
        return builder.start();
    }

    private static ProcessHandle firstPrinted(Process process) throws IOException {
        BufferedReader reader = process.inputReader();
        return ProcessHandle.of(Long.parseLong(reader.readLine().strip())).orElseThrow();
    }

    private static void end(Process process) throws Exception {
        process.getOutputStream().close();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
}
