package dev.lmbridge.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.sim.LmsCall.Outcome;
import dev.lmbridge.testing.RealLms;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulated LM Studio, driven by the genuine {@code lms} over the private API. */
class RealLmsIT {
    private static final String SMALL = "llama-3.2-1b-instruct";
    private static final String LARGE = "llama-3.3-70b-instruct";
    private static final String EMBEDDING = "text-embedding-nomic-embed-text-v1.5";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path scratch;

    private RealLms real;
    private SimulatedLmStudio studio;

    @BeforeEach
    void start() throws IOException {
        Optional<RealLms> found = RealLms.find();
        assumeTrue(found.isPresent(), "there is no genuine lms (LM_BRIDGE_REAL_LMS) or no node on this machine");
        real = found.orElseThrow();
        RealLms.home(scratch);
        studio = SimulatedLmStudio.start();
    }

    @AfterEach
    void stop() {
        if (studio != null) {
            studio.close();
        }
    }

    @Test
    void anEmptyMachineListsNothing() throws IOException {
        assertThat(lms("ps", "--json")).isEqualTo(new Outcome(0, "[]\n", ""));
    }

    @Test
    void theCatalogueHasTheRowsOfTheRealOne() throws IOException {
        Outcome outcome = lms("ls", "--json");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).isEmpty();
        JsonNode rows = JSON.readTree(outcome.out());
        assertThat(rows).extracting(row -> row.path("modelKey").textValue()).contains(SMALL, LARGE, EMBEDDING);
        assertThat(names(rows.get(0)))
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
                        "vision",
                        "trainedForToolUse",
                        "maxContextLength");
    }

    @Test
    void aLoadCarriesItsOptionsAndPrintsThreeLines() throws IOException {
        Outcome load = lms(
                "load",
                SMALL,
                "-y",
                "--ttl",
                "30",
                "--identifier",
                "mine",
                "--context-length",
                "8192",
                "--gpu",
                "0.5",
                "--parallel",
                "2");
        assertThat(load.code()).isZero();
        assertThat(load.out()).contains("Loading " + SMALL).endsWith("\r\u001b[K\u001b[?25h");
        assertThat(load.comparable(studio.port()).err()).isEqualTo("""
                Model loaded successfully in <time>.
                (1.23 GiB)
                To use the model in the API/SDK, use the identifier "mine".
                """);
        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row.path("identifier").textValue()).isEqualTo("mine");
            assertThat(row.path("modelKey").textValue()).isEqualTo(SMALL);
            assertThat(row.path("ttlMs").longValue()).isEqualTo(30_000);
            assertThat(row.path("contextLength").intValue()).isEqualTo(8192);
            assertThat(row.path("parallel").intValue()).isEqualTo(2);
            assertThat(row.path("status").textValue()).isEqualTo("idle");
            assertThat(row.path("lastUsedTime").isNull()).isTrue();
        });
    }

    @Test
    void aSecondLoadOfAKeyMakesASecondInstance() throws IOException {
        lms("load", SMALL, "-y");
        Outcome second = lms("load", SMALL, "-y");
        assertThat(second.code()).isZero();
        assertThat(second.err()).contains("use the identifier \"" + SMALL + ":2\".");
        assertThat(identifiers()).containsExactly(SMALL, SMALL + ":2");
    }

    @Test
    void anIdentifierThatIsTakenIsRefused() throws IOException {
        lms("load", SMALL, "-y", "--identifier", "mine");
        Outcome second = lms("load", SMALL, "-y", "--identifier", "mine");
        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err()).startsWith("Error: ").contains("\"mine\"");
        assertThat(identifiers()).containsExactly("mine");
    }

    @Test
    void theMemoryGuardrailRefusesWithItsText() throws IOException {
        Outcome load = lms("load", LARGE, "-y");
        assertThat(load.code()).isEqualTo(1);
        assertThat(load.err())
                .startsWith("Error: Model loading was stopped due to insufficient system resources.")
                .containsPattern("requires approximately [0-9.]+ GB of memory");
        assertThat(identifiers()).isEmpty();
    }

    @Test
    void unloadKnowsWhatIsLoaded() throws IOException {
        lms("load", SMALL, "-y", "--identifier", "a");
        lms("load", EMBEDDING, "-y");
        Outcome unknown = lms("unload", "nope");
        assertThat(unknown.code()).isZero();
        assertThat(unknown.err()).startsWith("Model Not Found\n");
        assertThat(lms("unload", "a")).isEqualTo(new Outcome(0, "", "Model \"a\" unloaded.\n"));
        assertThat(lms("unload", "--all"))
                .isEqualTo(new Outcome(0, "", "Unloading \"" + EMBEDDING + "\"...\nUnloaded 1 model.\n"));
        assertThat(identifiers()).isEmpty();
    }

    /** The load cannot have ended by itself: it would take a minute. */
    @Test
    void anInterruptedLoadLeavesNothing() throws IOException, InterruptedException {
        studio.settings("{\"loadTimeMs\":60000}");
        LmsCall call = LmsCall.start(real.command(here("load", SMALL, "-y")), scratch, Map.of());
        String read = call.readUntilProgress();
        assertThat(studio.state().path("loading")).hasSize(1);
        call.interrupt();
        Outcome outcome = call.outcome(read);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).isEqualTo("W Load cancelled.\n");
        assertThat(identifiers()).isEmpty();
        assertThat(studio.state().path("loading")).isEmpty();
    }

    /** The second load takes as long as the first and begins later: when it has ended, the first has, too. */
    @Test
    void aLoadWhoseCallIsTerminatedGoesOn() throws IOException {
        studio.settings("{\"loadTimeMs\":2000}");
        LmsCall call = LmsCall.start(real.command(here("load", SMALL, "-y")), scratch, Map.of());
        String read = call.readUntilProgress();
        call.terminate();
        Outcome outcome = call.outcome(read);
        assertThat(outcome.code()).isEqualTo(143);
        assertThat(outcome.err()).isEmpty();
        standIn("load", EMBEDDING, "-y");
        assertThat(identifiers()).containsExactly(SMALL, EMBEDDING);
    }

    @Test
    void aLoadWhoseCallIsTerminatedIsAbortedIfTheMachineIsSetSo() throws IOException {
        studio.settings("{\"loadTimeMs\":60000,\"abortAbandonedLoads\":true}");
        LmsCall call = LmsCall.start(real.command(here("load", SMALL, "-y")), scratch, Map.of());
        String read = call.readUntilProgress();
        call.terminate();
        assertThat(call.outcome(read).code()).isEqualTo(143);
        studio.settings("{\"loadTimeMs\":null}");
        standIn("load", EMBEDDING, "-y");
        assertThat(studio.state().path("loading")).isEmpty();
        assertThat(identifiers()).containsExactly(EMBEDDING);
    }

    /** It waits for ever: the warning is all that there is to read. */
    @Test
    void aStateThatItDoesNotKnowMakesTheRealOneWarnAndHangLikeTheStandIn() throws IOException {
        lms("load", SMALL, "-y");
        studio.fault("{\"kind\":\"lms-schema-skew\",\"command\":\"ps\",\"times\":2}");
        String ofReal = warning(real.command(here("ps", "--json")));
        List<String> ours = new ArrayList<>(List.of(studio.lms().toString()));
        ours.addAll(here("ps", "--json"));
        assertThat(ofReal).startsWith("W [LMStudioClient][LLM][ClientPort] Produced communication warning");
        assertThat(warning(ours)).isEqualTo(ofReal);
    }

    private String warning(List<String> command) throws IOException {
        LmsCall call = LmsCall.start(command, scratch, Map.of());
        String read = call.readErrorUntil("SDK and LM Studio.\n");
        assertThat(call.isRunning()).isTrue();
        call.terminate();
        assertThat(call.outcome("").out()).isEmpty();
        return read;
    }

    @Test
    void aFailureOfTheEngineIsPrintedWithItsCauseByBoth() throws IOException {
        studio.fault("{\"kind\":\"load-fails\",\"times\":2,\"text\":\"(Exit code: 6) Unknown error.\"}");
        Outcome ofReal = lms("load", SMALL, "-y").comparable(studio.port());
        assertThat(ofReal.code()).isEqualTo(1);
        assertThat(ofReal.err()).startsWith("Error: Failed to load model. \n").contains("(X) CAUSE", "(Exit code: 6)");
        assertThat(standIn("load", SMALL, "-y").comparable(studio.port())).isEqualTo(ofReal);
    }

    @Test
    void aFailedDownloadIsPrintedAlikeByBothAndLeavesNothing() throws IOException {
        studio.fault("{\"kind\":\"download-fails\",\"times\":2,\"text\":\"The disk is full.\"}");
        Outcome ofReal = lms("get", "smollm2", "-y").comparable(studio.port());
        assertThat(ofReal.code()).isEqualTo(1);
        assertThat(ofReal.err()).endsWith("Error: The disk is full. \n");
        assertThat(standIn("get", "smollm2", "-y").comparable(studio.port())).isEqualTo(ofReal);
        assertThat(lms("ls").out()).doesNotContain("smollm2");
    }

    /** The download cannot have ended by itself: it would take minutes. */
    @Test
    void anInterruptedDownloadAsksAndASecondInterruptEndsItsCallAlone() throws IOException, InterruptedException {
        List<String> words = here("get", "openai/gpt-oss-120b", "-y");
        List<String> ours = new ArrayList<>(List.of(studio.lms().toString()));
        ours.addAll(words);
        for (List<String> command : List.of(real.command(words), ours)) {
            LmsCall call = LmsCall.start(command, scratch, Map.of());
            String read = call.readUntilProgress();
            call.interrupt();
            call.awaitOnStderr("(Y/N): ");
            call.interrupt();
            Outcome outcome = call.outcome(read);
            assertThat(outcome.code()).as(command.getFirst()).isEqualTo(1);
            assertThat(outcome.err())
                    .as(command.getFirst())
                    .isEqualTo("\nContinue to download in the background? (Y/N): ");
            assertThat(outcome.out()).as(command.getFirst()).endsWith("\u001b[u\u001b[?25h");
        }
        assertThat(lms("get", "openai/gpt-oss-120b@mxfp5", "-y").out())
                .contains("This download is already in progress.");
    }

    @Test
    void theServerIsFoundByItsInfoFileToo() throws IOException {
        Path info = Files.writeString(scratch.resolve("http-server.json"), "{\"port\":" + studio.port() + "}");
        Outcome outcome = LmsCall.run(
                real.command(List.of("ps", "--json")), scratch, Map.of("LMS_API_SERVER_INFO_PATH", info.toString()));
        assertThat(outcome).isEqualTo(new Outcome(0, "[]\n", ""));
    }

    private Outcome lms(String... arguments) throws IOException {
        return LmsCall.run(real.command(here(arguments)), scratch, Map.of());
    }

    private Outcome standIn(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(studio.lms().toString()));
        command.addAll(here(arguments));
        return LmsCall.run(command, scratch, Map.of());
    }

    /** The arguments, and where the simulated LM Studio is. */
    private List<String> here(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(studio.port())));
        return all;
    }

    private JsonNode rows() throws IOException {
        return JSON.readTree(lms("ps", "--json").out());
    }

    private List<String> identifiers() throws IOException {
        List<String> found = new ArrayList<>();
        rows().forEach(row -> found.add(row.path("identifier").textValue()));
        return found;
    }

    private static List<String> names(JsonNode row) {
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
