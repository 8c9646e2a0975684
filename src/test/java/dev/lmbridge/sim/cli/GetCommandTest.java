package dev.lmbridge.sim.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.cli.LmsFaceTest.Called;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.DownloadJob;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GetCommandTest {
    private static final String SMOL = "huggingfacetb/smollm2-135m-instruct";
    private static final String FRAME = "\u001b[?25l\u001b[s";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final LmsFace face = new LmsFace(machine);

    @Test
    void aDownloadShowsItsPlanAndItsBarOnStdoutAndItsSentencesOnStderr() {
        Called get = lms(2_000, "get", "smollm2", "-y");
        assertThat(get.code).isEqualTo(0);
        assertThat(get.err.toString()).isEqualTo("""
                Searching staff picks with the term smollm2
                Multiple staff picks found. Automatically selecting the first one due to --yes.
                Finalizing download...
                Download completed.
                """);
        assertThat(get.out)
                .startsWith("\u001b[?25l\r\u001b[0K\n\r   ⧗ " + SMOL + " - Pending...\u001b[0K\n")
                .contains("\r   ↓ To download: model " + SMOL + " - 2.05 KB\u001b[0K\n")
                .contains("\r   └─ ↓ To download: SmolLM2 135M Instruct Q4_K_M [GGUF] - 105.45 MB\u001b[0K\n")
                .contains("\rResolution completed. Downloading 105.45 MB...\u001b[0K\n\u001b[?25h")
                .contains(FRAME + "\u001b[2K\r⠙ [▏                     ] 0.00%          \u001b[u" + FRAME + "\r⠙ [")
                .contains("] 37.93% | 40.00 MB / 105.45 MB | 400.00 MB/s | ETA 00:00          \u001b[u")
                .endsWith("] 100.00% | 105.45 MB / 105.45 MB | 400.00 MB/s | ETA 00:00          \u001b[u"
                        + "\u001b[2K\u001b[1G\u001b[?25h");
        assertThat(lms(2_000, "load", SMOL, "-y").code).isEqualTo(0);
    }

    @Test
    void aModelThatIsThereIsNotFetchedAgain() {
        Called get = lms(200, "get", "deepseek/deepseek-r1-0528-qwen3-8b");
        assertThat(get.code).isEqualTo(0);
        assertThat(get.err.toString())
                .isEqualTo("Model already downloaded. To use, run: lms load deepseek/deepseek-r1-0528-qwen3-8b\n");
        assertThat(machine.downloads().jobs()).isEmpty();
    }

    @Test
    void whereThereAreVariantsItSaysHowToChooseThem() {
        assertThat(lms(200, "get", "https://huggingface.co/lmstudio-community/Llama-3.2-1B-Instruct-GGUF").err)
                .hasToString("""
                        Model already downloaded. To use, run: lms load llama-3.2-1b-instruct
                        If you wish to download a variant, run: lms get https://huggingface.co/lmstudio-community/Llama-3.2-1B-Instruct-GGUF --select
                        """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nobody/nothing -y | Failed to resolve artifact "nobody/nothing": The artifact does not exist or you do not have permission to read it~
            https://huggingface.co/nobody/nothing | Failed to resolve model nobody/nothing: Api error with status 404~
            https://huggingface.co/nobody | Invalid Hugging Face model URL. Expected https://huggingface.co/owner/repo[/*].
            http://huggingface.co/a/b | Only https://huggingface.co URLs are supported.
            https://lmstudio.ai/models | Invalid LM Studio artifact URL. Expected https://lmstudio.ai/models/owner/name or https://lmstudio.ai/owner/name.
            a@b@c | You cannot have more than 2 @'s in the model name argument.
            x --select | The --select flag requires an interactive terminal.
            x --select -y | The --select flag cannot be used with --yes.
            smollm2-135m-instruct@q3_k -y | Cannot find variant q3_k.
            """, quoteCharacter = '`')
    void whatCannotBeFetchedIsAnErrorAndExitCode1(String arguments, String text) {
        Called get = lms(200, ("get " + arguments).split(" ", -1));
        assertThat(get.code).isEqualTo(1);
        assertThat(get.err.toString()).endsWith("Error: " + text.replace('~', ' ') + "\n");
    }

    @Test
    void aWordThatIsNoStaffPickIsAnError() {
        Called get = lms(0, "get", "zzzz", "-y");
        assertThat(get.code).isEqualTo(1);
        assertThat(get.err.toString()).isEqualTo("""
                        Searching staff picks with the term zzzz
                        Error: No staff picks found with the specified search criteria.
                        """);
    }

    @Test
    void withoutYesAnInexactNamePicksUntilStdinEnds() {
        Called get = new Called();
        CliSession session = face.start(List.of("get", "qwen"), get);
        assertThat(get.err).contains("No exact match found. Please choose a model from the list below.\n\n");
        assertThat(get.code).isNull();
        assertThat(get.readsStdin).isTrue();
        session.stdinEnded();
        assertThat(get.code).isEqualTo(1);
    }

    @Test
    void withoutYesAVariantThatIsNotThereHangs() {
        Called get = lms(60_000, "get", SMOL + "@q3_k");
        assertThat(get.code).isNull();
        assertThat(get.readsStdin).isFalse();
        assertThat(get.err).startsWith("Cannot find variant q3_k, please select one from below.\n");
    }

    @Test
    void aNameThatTheClientsSchemaRefusesIsToldInJson() {
        Called get = lms(200, "get", "The_Bloke/x");
        assertThat(get.code).isEqualTo(1);
        assertThat(get.out.toString()).isEqualTo("\u001b[?25l");
        assertThat(get.err.toString()).isEqualTo("""
                Error: [
                  {
                    "validation": "regex",
                    "code": "invalid_string",
                    "message": "Invalid",
                    "path": [
                      "target",
                      "owner"
                    ]
                  }
                ]
                """);
    }

    @Test
    void aFailedDownloadIsAnErrorAndExitCode1() {
        machine.faults().add(Fault.always(FaultKind.DOWNLOAD_FAILS).text("The disk is full."));
        Called get = lms(2_000, "get", SMOL, "-y");
        assertThat(get.code).isEqualTo(1);
        assertThat(get.err.toString()).isEqualTo("Error: The disk is full. \n");
        assertThat(get.out).endsWith("\u001b[2K\u001b[1G\u001b[?25h");
    }

    @Test
    void theFirstInterruptAsksTheSecondEndsAndTheDownloadGoesOn() {
        Called get = new Called();
        CliSession session = face.start(List.of("get", SMOL, "-y"), get);
        pass(300);
        session.interrupted();
        assertThat(get.code).isNull();
        assertThat(get.err.toString()).isEqualTo("\nContinue to download in the background? (Y/N): ");
        session.interrupted();
        assertThat(get.code).isEqualTo(1);
        pass(1_000);
        assertThat(machine.catalogue().byKey(SMOL)).isPresent();
    }

    @Test
    void aKilledCallLeavesItsDownloadRunning() {
        Called get = new Called();
        CliSession session = face.start(List.of("get", SMOL, "-y"), get);
        pass(300);
        session.gone();
        int written = get.out.length();
        pass(1_000);
        assertThat(get.out).hasSize(written);
        assertThat(machine.downloads().jobs())
                .singleElement()
                .satisfies(job -> assertThat(job.state()).isEqualTo(DownloadJob.State.COMPLETED));
    }

    private Called lms(long millis, String... argv) {
        Called process = new Called();
        face.start(List.of(argv), process);
        pass(millis);
        return process;
    }

    private void pass(long millis) {
        time.pass(machine, Duration.ofMillis(millis));
    }
}
