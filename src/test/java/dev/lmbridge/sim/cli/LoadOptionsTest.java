package dev.lmbridge.sim.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.cli.LmsFaceTest.Called;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rarer options of {@code lms load}, its picker, and what an old {@code lms} lacks; the texts are those of lms 0.3.43. */
final class LoadOptionsTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String DRAFT = "--speculative-draft-";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final LmsFace face = new LmsFace(machine);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mtp simple                        | --speculative-draft-mtp and --speculative-draft-simple cannot both be used.
            mtp model=x                       | --speculative-draft-mtp cannot be combined with --speculative-draft-model.
            model=                            | --speculative-draft-model must not be empty.
            model=x                           | --speculative-draft-model requires --speculative-draft-simple.
            simple                            | --speculative-draft-simple requires --speculative-draft-model.
            min-tokens=1                      | --speculative draft tuning flags require --speculative-draft-simple or --speculative-draft-mtp.
            mtp max-tokens=1 min-tokens=2     | --speculative-draft-min-tokens must be less than or equal to --speculative-draft-max-tokens.
            """)
    void speculativeOptionsThatContradictEachOtherAreRefused(String options, String text) {
        Called load = lms("load " + LLAMA + " -y " + spelled(options));
        assertThat(load.code).isEqualTo(1);
        assertThat(load.err.toString()).isEqualTo("Error: " + text + "\n");
        assertThat(machine.loaded()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"mtp", "'mtp max-tokens=4 min-tokens=0 min-continue-probability=0.5'", "'simple model=qwen/qwen3-4b'"})
    void speculativeOptionsThatAgreeLoad(String options) {
        assertThat(lms("load " + LLAMA + " -y " + spelled(options)).code).isZero();
        assertThat(lms("load " + LLAMA + " -y --no-speculative-draft-mtp").code).isZero();
    }

    @Test
    void anEmbeddingModelHasNoSpeculativeDecoding() {
        Called load = lms("load nomic -y --no-speculative-draft-mtp");
        assertThat(load.code).isEqualTo(1);
        assertThat(load.err.toString())
                .isEqualTo("Unsupported load option\n\nSpeculative decoding can only be configured for LLM models.\n");
        assertThat(lms("load nomic -y --estimate-only --speculative-draft-mtp").code)
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            load x --speculative-draft-min-continue-probability 2 | option '--speculative-draft-min-continue-probability <probability>' argument '2' is invalid. Number out of range, must be at most 1
            load x --ttl Infinity | option '--ttl <seconds>' argument 'Infinity' is invalid. Not a finite number
            load x --ttl 1f       | option '--ttl <seconds>' argument '1f' is invalid. Not a number
            ps --port 70000       | option '--port <port>' argument '70000' is invalid. Number out of range, must be at most 65535
            """)
    void numbersAreReadAsJavaScriptReadsThem(String line, String text) {
        assertThat(lms(line).err.toString()).isEqualTo("error: " + text + "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            load x --ttll 5 | unknown option '--ttll'  | (Did you mean --ttl?)
            ps --jsn        | unknown option '--jsn'   | (Did you mean --json?)
            lode x          | unknown command 'lode'   | (Did you mean one of clone, load, log?)
            load x --exat   | unknown option '--exat'  | ''
            """)
    void aMisspeltWordIsAnsweredWithTheNearestThatHelpShows(String line, String error, String hint) {
        assertThat(lms(line).err.toString()).isEqualTo("error: " + error + "\n" + (hint.isEmpty() ? "" : hint + "\n"));
    }

    @Test
    void theEstimateKnowsTheShareOfTheGpu() {
        assertThat(lms("load " + LLAMA + " -y --estimate-only --gpu off").err)
                .contains("GPU Offload: 0%\nEstimated GPU Memory:   0 Bytes\nEstimated Total Memory: 1.42 GiB\n");
        assertThat(lms("load " + LLAMA + " -y --estimate-only --gpu 0.333").err)
                .contains("GPU Offload: 33.300000000000004%\n");
    }

    @Test
    void aLoadThatFailsIsTheMostRecentOneTooAndOneByPathOrAnEstimateIsNot() {
        lms("load llama-3.3-70b-instruct -y");
        lms("load qwen2.5-7b-instruct-1m -y --estimate-only");
        lms("load qwen/qwen3-4b -y --exact");
        Called next = new Called();
        face.start(List.of("load", "", "-y", "--estimate-only"), next);
        assertThat(next.err).contains("\nModel: llama-3.3-70b-instruct\n");
    }

    @Test
    void thePickerDrawsItsListTwiceAndGivesUpAtTheEndOfInput() {
        Called process = new Called();
        CliSession session = face.start(List.of("load", "qwen3"), process);
        String head = "? Select a model to load |\n";
        String help = "\n\n↑↓ navigate • ⏎ select";
        String match = "\u001b[91mq\u001b[39m\u001b[91mw\u001b[39m\u001b[91me\u001b[39m\u001b[91mn\u001b[39m";
        assertThat(process.err.toString())
                .startsWith(head + "\n↑↓ navigate • ⏎ select\u001b[2A\u001b[27G\u001b[2B\u001b[2K\u001b[1A\u001b[2K")
                .contains("\u001b[36m❯ deepseek/deepseek-r1-0528-\u001b[91mq\u001b[39m\u001b[36m\u001b[91mw")
                .contains("\n  " + match + "/qwen\u001b[91m3\u001b[39m-4b (2.12 GiB)" + help);
        assertThat(process.code).isNull();
        session.stdinEnded();
        assertThat(process.code).isEqualTo(1);
        assertThat(process.err).endsWith("B\n\u001b[G\u001b[?25h");
    }

    @Test
    void anOldLmsLacksOptionsFieldsAndColumns() {
        oldLms();
        assertThat(lms("load x --parallel 2").err.toString()).startsWith("error: unknown option '--parallel'\n");
        assertThat(lms("load x --estimate-only").err.toString())
                .startsWith("error: unknown option '--estimate-only'\n");
        assertThat(lms("load x " + DRAFT + "mtp").err.toString()).startsWith("error: unknown option");
        Called load = lms("load " + LLAMA + " -y");
        assertThat(load.out).contains("Loading " + LLAMA + " ⠋").doesNotContain("%");
        assertThat(lms("ps --json").out.toString())
                .contains("\"identifier\":\"" + LLAMA + "\",\"ttlMs\":null", "\"contextLength\":4096}")
                .doesNotContain("status", "queued", "parallel", "deviceIdentifier");
        assertThat(lms("ps").out.toString()).startsWith("\nIDENTIFIER               MODEL                    SIZE ");
        assertThat(lms("ls --json").out.toString()).contains("sizeBytes").doesNotContain("deviceIdentifier");
    }

    @Test
    void anOldLmsAsksWhichModelToUnloadAndSpeaksBeforeItsJson() {
        lms("load " + LLAMA + " -y");
        oldLms();
        Called unload = lms("unload");
        assertThat(unload.code).isNull();
        assertThat(unload.readsStdin).isTrue();
        assertThat(lms("server status --json").out.toString())
                .startsWith("The server is running on port 1234.\n{\"running\":true");
    }

    @Test
    void verboseTellsTheStepsOfALoad() {
        assertThat(lms("load ll1b -y --verbose --host localhost --port 1234")
                        .err
                        .toString())
                .startsWith("""
                D Connecting to server at localhost:1234
                D Checking server at http://localhost:1234/lmstudio-greeting
                D Found server at 1234
                D [CliPref] Initializing FileData
                D Last loaded map loaded with 0 models.
                D Initial filtered models length: 1
                D Updating cliPref
                D Identifier: undefined
                D Config: { contextLength: undefined, maxParallelPredictions: undefined }
                I Model loaded successfully in\s""");
    }

    private void oldLms() {
        MachineSettings now = machine.settings();
        machine.settings(now.with(new MachineSettings.Look(now.look().reasoning(), null, true)));
    }

    private static String spelled(String options) {
        return DRAFT + options.replace(" ", " " + DRAFT);
    }

    private Called lms(String line) {
        Called process = new Called();
        face.start(List.of(line.split(" ", -1)), process);
        time.pass(machine, Duration.ofMillis(1_100));
        return process;
    }
}
