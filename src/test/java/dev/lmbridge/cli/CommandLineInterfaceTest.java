package dev.lmbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineInterfaceTest {
    @TempDir
    Path home;

    @Test
    void helpNamesEveryCommandWithoutColour() {
        Shell shell = new Shell(home);

        assertThat(shell.run("--help")).isZero();
        assertThat(shell.out)
                .contains("lm-bridge", "serve", "check", "ps", "ls", "ensure", "load", "unload", "sim")
                .doesNotContain("\u001b");
        assertThat(shell.run("--version")).isZero();
        assertThat(shell.out).startsWith("lm-bridge ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check", "ps", "ls", "ensure", "load", "unload"})
    void everyCommandHasHelpVersionAndTakesAConfigurationFile(String command) {
        Shell shell = new Shell(home);

        assertThat(shell.run(command, "--help")).isZero();
        assertThat(shell.out).contains("lm-bridge " + command, "--config", "--version");
    }

    @Test
    void wrongCallsEndWithTwo() {
        Shell shell = new Shell(home);

        assertThat(shell.run()).isEqualTo(2);
        assertThat(shell.err).contains("Say what to do");
        assertThat(shell.run("enshure", "m")).isEqualTo(2);
        assertThat(shell.err).contains("ensure");
        assertThat(shell.run("ensure")).isEqualTo(2);
        assertThat(shell.run("ensure", "m", "--ttl", "soon")).isEqualTo(2);
        assertThat(shell.run("ensure", "m", "--keep", "--temporary")).isEqualTo(2);
        assertThat(shell.run("ps", "--url", "ftp://x")).isEqualTo(2);
    }

    @Test
    void theSimulationIsLeftToTheLauncher() {
        Shell shell = new Shell(home);

        assertThat(shell.run("sim", "--port", "9")).isEqualTo(2);
        assertThat(shell.err).contains("bin/lm-bridge sim --port 9");
    }

    @Test
    void serveHandsTheSettingsOverAndReturnsItsCode() {
        List<Settings> served = new ArrayList<>();
        Shell shell = new Shell(home).serving((settings, environment) -> {
            served.add(settings);
            return 7;
        });

        assertThat(shell.run(
                        "serve",
                        "--port",
                        "0",
                        "--set",
                        "http.port=5",
                        "--set",
                        "cluster.enabled=true",
                        "--set",
                        "loader.retry.max=1"))
                .isEqualTo(7);
        assertThat(served).singleElement().satisfies(settings -> {
            assertThat(settings.http().port()).isZero();
            assertThat(settings.loader().retry().max()).isEqualTo(1);
        });
        assertThat(shell.err).contains("warning: cluster.enabled has no effect in this version.");
    }

    @Test
    void serveDoesNotStartOnABadConfiguration() {
        Shell shell = new Shell(home).serving((settings, environment) -> {
            throw new AssertionError("served");
        });

        assertThat(shell.run("serve", "--port", "x", "--host", "0.0.0.0")).isEqualTo(1);
        assertThat(shell.err).contains("2 problems", "http.port", "http.host").doesNotContain("\tat ");
    }

    @Test
    void checkTellsEveryProblemOrThatThereIsNone() throws Exception {
        Shell shell = new Shell(home);
        Path bad = Files.writeString(home.resolve("bad.yaml"), "http: {port: x}\nlaoder: 1\n");
        Path good = Files.writeString(home.resolve("good.yaml"), "http: {port: 1}\n");

        assertThat(shell.run("check", "--config", bad.toString())).isEqualTo(1);
        assertThat(shell.err).contains("bad.yaml:1", "bad.yaml:2", "Did you mean loader?");
        assertThat(shell.run("check", "--config", good.toString())).isZero();
        assertThat(shell.out).contains(good.toString()).hasLineCount(1);
        assertThat(shell.run("check", "--json", "--config", bad.toString())).isEqualTo(1);
        JsonNode findings = new ObjectMapper().readTree(shell.out);
        assertThat(findings.path("ok").asBoolean(true)).isFalse();
        assertThat(findings.path("problems")).hasSize(2);
        assertThat(findings.at("/problems/0/key").asText()).isEqualTo("laoder");
    }

    @Test
    void anArgumentIsNeverReplacedByTheContentOfAFile() throws Exception {
        Path file = Files.writeString(home.resolve("args"), "--help");
        Shell shell = new Shell(home);

        assertThat(shell.run("@" + file)).isEqualTo(2);
    }
}
