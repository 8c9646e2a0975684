package dev.lmbridge.sim.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LmsFaceTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen2.5-7b-instruct";
    private static final String CLEAR = "\r\u001b[K\u001b[?25h";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final LmsFace face = new LmsFace(machine);

    /** A process that only remembers. */
    static class Called implements CliWire {
        final StringBuilder out = new StringBuilder();
        final StringBuilder err = new StringBuilder();

        @Nullable
        Integer code;

        boolean readsStdin;
        boolean hasGrandchild;

        @Override
        public void out(String text) {
            out.append(text);
        }

        @Override
        public void err(String text) {
            err.append(text);
        }

        @Override
        public void exit(int exitCode) {
            code = exitCode;
        }

        @Override
        public void readStdin() {
            readsStdin = true;
        }

        @Override
        public void spawnGrandchild() {
            hasGrandchild = true;
        }
    }

    @Test
    void aLoadSpinsOnStdoutAndReportsOnStderr() {
        Called load = lms("load", LLAMA, "-y");
        assertThat(load.code).isEqualTo(0);
        assertThat(load.out)
                .startsWith("\u001b[?25l\rLoading " + LLAMA + " 5% ⠋\u001b[?25l\rLoading " + LLAMA + " 15% ⠙")
                .endsWith(CLEAR);
        assertThat(load.err.toString())
                .isEqualTo("Model loaded successfully in 1.00s.\n(1.23 GiB)\n"
                        + "To use the model in the API/SDK, use the identifier \"" + LLAMA + "\".\n");
    }

    @Test
    void quietSilencesErrorsButNotTheSpinner() {
        Called load = lms("load", LLAMA, "-y", "--quiet");
        assertThat(load.err).isEmpty();
        assertThat(load.out).isNotEmpty();
        Called failed = lms("load", "zzz", "-y", "--quiet");
        assertThat(failed.code).isEqualTo(1);
        assertThat(failed.out).isEmpty();
        assertThat(failed.err).isEmpty();
    }

    @Test
    void aSubsequenceOfAKeyLoadsIt() {
        assertThat(lms("load", "ll1b", "-y").err).contains("identifier \"" + LLAMA + "\"");
    }

    @Test
    void anExactKeyWinsOverALongerOneButTheWarningIsPrinted() {
        Called load = lms("load", QWEN, "-y");
        assertThat(load.err)
                .startsWith("W 2 models match the provided model key on the same device. Loading the first one.\n")
                .contains("identifier \"" + QWEN + "\"");
    }

    @Test
    void anEmptyNameLoadsTheMostRecentModel() {
        lms("load", "nomic", "-y");
        assertThat(lms("load", "", "-y").err)
                .startsWith("W 8 models match")
                .contains("identifier \"text-embedding-nomic-embed-text-v1.5:2\"");
        assertThat(lms("load", "-y").err).contains(":3\"");
    }

    @Test
    void aVariantIsNotFoundByItsKey() {
        Called load = lms("load", "qwen/qwen3-4b@q8_0", "-y");
        assertThat(load.code).isEqualTo(1);
        assertThat(load.err)
                .startsWith("Model not found\n\nNo model found that matches model key \"qwen/qwen3-4b@q8_0\".\n\n");
    }

    @Test
    void exactTakesThePathAndNotTheKey() {
        String path = machine.catalogue().byKey(LLAMA).orElseThrow().path();
        assertThat(lms("load", path, "--exact", "-y").code).isEqualTo(0);
        assertThat(lms("load", LLAMA, "--exact", "-y").err)
                .startsWith("Model not found\n\nNo model found with path being exactly \"" + LLAMA + "\".");
    }

    @Test
    void anAmbiguousNameAsksAndEndsWithStandardInput() {
        Called process = new Called();
        CliSession session = face.start(List.of("load", "qwen"), process);
        assertThat(process.out.toString())
                .isEqualTo("\n! Multiple models match the provided model key. Please select one.\n");
        assertThat(process.readsStdin).isTrue();
        time.pass(machine, Duration.ofHours(1));
        assertThat(process.code).isNull();
        session.stdinEnded();
        assertThat(process.code).isEqualTo(1);
    }

    @Test
    void anInterruptCancelsTheLoad() {
        Called process = new Called();
        CliSession session = face.start(List.of("load", LLAMA, "-y"), process);
        time.pass(machine, Duration.ofMillis(500));
        session.interrupted();
        assertThat(process.code).isEqualTo(1);
        assertThat(process.err.toString()).isEqualTo("W Load cancelled.\n");
        assertThat(process.out).endsWith(CLEAR);
        time.pass(machine, Duration.ofSeconds(5));
        assertThat(machine.loaded()).isEmpty();
    }

    @Test
    void aKilledProcessLeavesItsLoadToTheMachine() {
        Called process = new Called();
        CliSession session = face.start(List.of("load", LLAMA, "-y"), process);
        time.pass(machine, Duration.ofMillis(500));
        session.gone();
        int written = process.out.length();
        time.pass(machine, Duration.ofSeconds(5));
        assertThat(process.out).hasSize(written);
        assertThat(machine.find(LLAMA)).isPresent();
    }

    @Test
    void aLoadCarriesItsOptions() {
        lms("load", LLAMA, "-y", "--ttl=30", "-c", "8192", "--parallel", "2", "--identifier", "mine", "--gpu", "max");
        Instance mine = machine.find("mine").orElseThrow();
        assertThat(mine.ttl()).isEqualTo(Duration.ofSeconds(30));
        assertThat(mine.contextLength()).isEqualTo(8192);
        assertThat(mine.parallel()).isEqualTo(2);
    }

    @Test
    void aRefusalOfTheGuardrailIsInTheTitleAndOneOfTheEngineInTheCause() {
        Called big = lms("load", "llama-3.3-70b-instruct", "-y");
        assertThat(big.code).isEqualTo(1);
        assertThat(big.out.toString()).isEqualTo(CLEAR);
        assertThat(big.err)
                .startsWith("Error: Model loading was stopped due to insufficient system resources. ")
                .endsWith("guardrails in settings.\n");
        machine.faults().add(Fault.always(FaultKind.LOAD_FAILS));
        assertThat(lms("load", LLAMA, "-y").err)
                .startsWith("Error: Failed to load model. \n\n\n   (X) CAUSE  \n\nThe engine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense | unknown command 'nonsense'",
                "load --bogus | unknown option '--bogus'",
                "load --ttl 0 x | option '--ttl <seconds>' argument '0' is invalid. Number out of range, must be at least 1",
                "load --ttl x x | option '--ttl <seconds>' argument 'x' is invalid. Not a number",
                "load --gpu 2 x | option '--gpu <offload-ratio>' argument '2' is invalid. Number out of range, must be between 0 and 1",
                "load --gpu auto x | option '--gpu <offload-ratio>' argument 'auto' is invalid. Not a number",
                "load -c 1.5 x | option '-c, --context-length <length>' argument '1.5' is invalid. Not an integer",
                "load a b | too many arguments for 'load'. Expected 1 argument but got 2.",
                "load x --ttl | option '--ttl <seconds>' argument missing",
                "unload a --yes | unknown option '--yes'"
            })
    void usageErrorsAreThoseOfTheParser(String line, String text) {
        Called process = lms(line.split(" ", -1));
        assertThat(process.code).isEqualTo(1);
        assertThat(process.out).isEmpty();
        assertThat(process.err.toString()).isEqualTo("error: " + text + "\n");
    }

    @Test
    void twoLogFlagsAreOneTooMany() {
        Called process = lms("ps", "--quiet", "--verbose");
        assertThat(process.code).isEqualTo(1);
        assertThat(process.err.toString())
                .isEqualTo("Error: Only one of --logLevel, --verbose, or --quiet can be specified.\n");
    }

    @Test
    void unloadOfAnUnknownNameIsReportedWithCodeZero() {
        Called process = lms("unload", "nope");
        assertThat(process.code).isEqualTo(0);
        assertThat(process.err.toString()).isEqualTo("""
                        Model Not Found

                        Cannot find a model with the identifier "nope".

                        To see a list of loaded models, run:

                            lms ps
                        """);
    }

    @Test
    void unloadKnowsItsSpecialCases() {
        assertThat(lms("unload").code).isEqualTo(1);
        assertThat(lms("unload", "--all").err.toString()).isEqualTo("No models to unload.\n");
        loaded(LLAMA);
        assertThat(lms("unload", "--all", "foo").code).isEqualTo(0);
        assertThat(machine.loaded()).hasSize(1);
        assertThat(lms("unload").err.toString()).isEqualTo("Model \"" + LLAMA + "\" unloaded.\n");
        loaded(LLAMA);
        loaded(QWEN);
        assertThat(lms("unload", "-a").err.toString())
                .isEqualTo("Unloading \"" + LLAMA + "\"...\nUnloading \"" + QWEN + "\"...\nUnloaded 2 models.\n");
    }

    @Test
    void psPrintsItsFieldsInTheOrderOfLmsAndLanguageModelsFirst() throws Exception {
        assertThat(lms("ps", "--json").out.toString()).isEqualTo("[]\n");
        loaded("text-embedding-nomic-embed-text-v1.5");
        loaded("google/gemma-3-4b");
        JsonNode rows = new ObjectMapper().readTree(lms("ps", "--json").out.toString());
        assertThat(rows.path(0).fieldNames())
                .toIterable()
                .containsExactly(
                        "type",
                        "modelKey",
                        "format",
                        "displayName",
                        "publisher",
                        "path",
                        "sizeBytes",
                        "indexedModelIdentifier",
                        "deviceIdentifier",
                        "paramsString",
                        "architecture",
                        "quantization",
                        "variants",
                        "selectedVariant",
                        "identifier",
                        "ttlMs",
                        "lastUsedTime",
                        "vision",
                        "trainedForToolUse",
                        "maxContextLength",
                        "contextLength",
                        "status",
                        "queued",
                        "parallel");
        JsonNode embedding = rows.path(1);
        assertThat(embedding.path("type").asText()).isEqualTo("embedding");
        assertThat(embedding.has("vision")).isFalse();
        assertThat(embedding.get("parallel").isNull()).isTrue();
        assertThat(embedding.get("ttlMs").isNull()).isTrue();
        assertThat(embedding.get("lastUsedTime").isNull()).isTrue();
    }

    @Test
    void thePsTableShowsTheTimeLeft() {
        lms("load", LLAMA, "-y", "--ttl", "3600", "--identifier", "my-id");
        assertThat(lms("ps").out.toString()).isEqualTo("""

                        IDENTIFIER    MODEL                    STATUS    SIZE       CONTEXT    PARALLEL    DEVICE    TTL   \s
                        my-id         llama-3.2-1b-instruct    IDLE      1.32 GB    4096       4           Local     1h / 1h

                        """);
        assertThat(lms("ps").err).isEmpty();
    }

    @Test
    void anEmptyPsTableIsOnStderr() {
        Called ps = lms("ps");
        assertThat(ps.out).isEmpty();
        assertThat(ps.err).startsWith("No models are currently loaded.\n");
        assertThat(ps.code).isEqualTo(0);
    }

    @Test
    void lsRowsHaveNothingOfInstances() throws Exception {
        JsonNode rows = new ObjectMapper().readTree(lms("ls", "--json").out.toString());
        assertThat(rows).hasSize(8);
        assertThat(rows.path(0).has("identifier")).isFalse();
        assertThat(rows.path(0).has("status")).isFalse();
        assertThat(lms("ls", "--json", "--embedding").out.toString()).startsWith("[{\"type\":\"embedding\"");
    }

    @Test
    void hostAndPortMustNameThisSimulation() {
        assertThat(lms("ps", "--json", "--host", "127.0.0.1", "--port", "1234").code)
                .isEqualTo(0);
        assertThat(lms("ps", "--json", "--port", "1235").err.toString())
                .isEqualTo("Error: The server does not appear to be running at 127.0.0.1:1235."
                        + " Please make sure the server is running and accessible at the specified address.\n");
        assertThat(lms("ps", "--host", "http://x").err.toString())
                .isEqualTo("Error: Host should not include the protocol.\n");
        assertThat(lms("ps", "--host", "x:1").err.toString())
                .isEqualTo("Error: Host should not include the port number. Use --port instead.\n");
    }

    @Test
    void statusAndVersionAreOnStdoutAsJson() {
        assertThat(lms("server", "status", "--json").out.toString()).isEqualTo("{\"running\":true,\"port\":1234}\n");
        assertThat(lms("server", "status").err.toString()).isEqualTo("The server is running on port 1234.\n");
        assertThat(lms("version", "--json").out.toString()).matches("\\{\"version\":\"[0-9a-f]+\"}\n");
        assertThat(lms("load", "--version").out.toString()).startsWith("CLI commit: ");
    }

    @Test
    void faultsOfLmsCanBeLimitedToACommand() {
        machine.faults().add(Fault.always(FaultKind.LMS_HANGS).only("ps").times(1));
        assertThat(lms("ls", "--json").code).isEqualTo(0);
        Called hung = lms("ps");
        assertThat(hung.code).isNull();
        assertThat(hung.hasGrandchild).isTrue();
        assertThat(lms("ps").code).isEqualTo(0);
    }

    private Called lms(String... argv) {
        Called process = new Called();
        face.start(List.of(argv), process);
        time.pass(machine, Duration.ofMillis(1_100));
        return process;
    }

    private void loaded(String key) {
        machine.load(LoadRequest.of(key), new LoadListener() {
            @Override
            public void loaded(Instance instance) {}

            @Override
            public void failed(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        });
        time.pass(machine, Duration.ofMillis(1_100));
    }
}
