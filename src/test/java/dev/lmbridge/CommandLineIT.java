package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a person and as a script have them: processes beside a running service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class CommandLineIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final int NOT_RUNNING = 3;

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start("--load-time", "100ms");
        bridge = RunningBridge.in(scratch).with(machine).start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        machine.close();
    }

    @BeforeEach
    void nothingIsLoaded() {
        bridge.unloadAll();
    }

    @Test
    void aPersonLoadsLooksAndUnloads() {
        assertThat(good("ps")).isEqualTo("No model is loaded.\n");
        assertThat(good("ensure", LLAMA))
                .startsWith(LLAMA + " is loaded on local as " + LLAMA + "~")
                .endsWith("; it goes after 10m unused.\n");
        assertThat(good("load", LLAMA)).contains("was already loaded on local");
        assertThat(good("ps")).contains("IDENTIFIER").contains(LLAMA + "~").contains("left");
        assertThat(good("ls").lines()).hasSize(9).anyMatch(line -> line.startsWith(LLAMA) && line.contains("loaded"));
        assertThat(good("unload", LLAMA)).startsWith("Unloaded " + LLAMA + "~");
        assertThat(machine.state().path("instances")).isEmpty();
    }

    @Test
    void aScriptGetsTheAnswersOfTheServiceAsTheyAre() {
        JsonNode ensured = RunningBridge.parse(good("ensure", LLAMA, "--temporary", "--json"));
        assertThat(ensured.path("ttlSeconds").asLong()).isEqualTo(300);
        JsonNode loaded = RunningBridge.parse(good("load", LLAMA, "--ttl", "20m", "--json"));
        assertThat(loaded.path("alreadyLoaded").asBoolean()).isTrue();
        assertThat(RunningBridge.parse(good("ps", "--json")).at("/models/0/identifier"))
                .isEqualTo(ensured.path("identifier"));
        assertThat(RunningBridge.parse(good("ls", "--json")).path("models")).hasSize(8);
        assertThat(RunningBridge.parse(good("unload", LLAMA, "--json")).at("/unloaded/0"))
                .isEqualTo(ensured.path("identifier"));

        Programs.Result unknown = bridge.setup().run("ensure", "lama", "--json");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(RunningBridge.parse(unknown.out()).path("code").asText()).isEqualTo("model_not_found");
    }

    @Test
    void whatGoesWrongIsSaidOnStderrWithACodeOfItsOwn(@TempDir Path elsewhere) {
        Programs.Result unknown = bridge.setup().run("ensure", "lama-3.2-1b-instruct");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err())
                .startsWith("error: ")
                .contains("model_not_found")
                .contains(LLAMA);
        assertThat(bridge.setup().run("ensure").code()).isEqualTo(2);
        assertThat(bridge.setup().run("ensure", LLAMA, "--ttl", "ten minutes").code())
                .isEqualTo(2);
        Programs.Result alone =
                RunningBridge.in(elsewhere).with("LM_BRIDGE_HTTP_PORT", "0").run("ps");
        assertThat(alone.code()).isEqualTo(NOT_RUNNING);
        assertThat(alone.err()).contains("not running");
    }

    @Test
    void checkTellsEveryProblemOfAConfiguration() {
        assertThat(good("check")).startsWith("The configuration is good");
        Programs.Result bad = bridge.setup().run("check", "--set", "http.port=99999", "--set", "http.prot=1");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.err()).contains("2 problems").contains("http.port").contains("http.prot");

        JsonNode problems = RunningBridge.parse(bridge.setup()
                .run("check", "--json", "--set", "http.port=99999")
                .out());
        assertThat(problems.path("ok").asBoolean(true)).isFalse();
        assertThat(problems.at("/problems/0/key").asText()).isEqualTo("http.port");
    }

    /** The output of a command that must end well, and say nothing on stderr. */
    private String good(String... arguments) {
        Programs.Result result = bridge.setup().run(arguments);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        return result.out();
    }
}
