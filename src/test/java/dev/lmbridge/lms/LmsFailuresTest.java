package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LmsFailuresTest {
    private static final LmsCommand LOAD = new LmsCommand.Load("m", "m~1", Duration.ofMinutes(1), null, null, null);
    private static final LmsCommand UNLOAD = new LmsCommand.Unload("m~1");
    private static final LmsCommand PS = new LmsCommand.Ps();

    @Test
    void successIsNoFailure() {
        assertThat(LmsFailures.classify(LOAD, Samples.exited(0, "", Samples.text("load-success-stderr.txt"))))
                .isEmpty();
        assertThat(LmsFailures.classify(PS, Samples.printed("[]\n"))).isEmpty();
        assertThat(LmsFailures.classify(new LmsCommand.Ls(), Samples.printed("[]\n")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"127,NOT_INSTALLED", "126,NOT_EXECUTABLE", "-1,CANNOT_START"})
    void programThatCannotBeStarted(int code, LmsFailure.Kind kind) {
        var outcome = Samples.ended(LmsOutcome.Ending.NOT_STARTED, code, "", "Cannot run program \"lms\": because.");

        assertFailure(PS, outcome, kind, "Cannot run program \"lms\": because.");
    }

    @Test
    void scriptWhoseInterpreterIsMissing() {
        assertFailure(
                PS,
                Samples.exited(127, "", "env: 'node': No such file or directory\n"),
                LmsFailure.Kind.NOT_INSTALLED,
                "env: 'node': No such file or directory");
        assertFailure(
                PS,
                Samples.exited(126, "", ""),
                LmsFailure.Kind.NOT_EXECUTABLE,
                "lms ended with exit code 126 and said nothing.");
    }

    @Test
    void nothingRunningAndNothingInstalled() {
        var stderr = """
                W You are using a development build of lms-cli. Privileged features will not work.
                Error: LM Studio daemon is not running and no valid installation could be found or installed.
                Error: Failed to start or connect to local LM Studio API server.
                """;

        assertFailure(
                PS,
                Samples.failed(stderr),
                LmsFailure.Kind.HOST_DOWN,
                "LM Studio daemon is not running and no valid installation could be found or installed."
                        + " Failed to start or connect to local LM Studio API server.");
    }

    @Test
    void wakeUpThatFails() {
        var stderr = """
                Waking up LM Studio service...
                Error: Timed out waiting for LM Studio daemon to start.
                Error: Failed to start or connect to local LM Studio API server.
                """;

        assertFailure(
                PS,
                Samples.failed(stderr),
                LmsFailure.Kind.HOST_DOWN,
                "Timed out waiting for LM Studio daemon to start."
                        + " Failed to start or connect to local LM Studio API server.");
    }

    @Test
    void unreachableHost() {
        var said = "The server does not appear to be running at 10.0.0.5:1234."
                + " Please make sure the server is running and accessible at the specified address.";

        assertFailure(PS, Samples.failed("Error: " + said + "\n"), LmsFailure.Kind.HOST_DOWN, said);
    }

    @Test
    void connectionThatBreaksInTheMiddle() {
        var failure = classify(LOAD, Samples.failed(Samples.text("connection-closed-stderr.txt")));

        assertThat(failure.kind()).isEqualTo(LmsFailure.Kind.HOST_DOWN);
        assertThat(failure.said()).contains("WebSocket connection closed").doesNotContain("callListener");
    }

    @Test
    void unknownModel() {
        assertFailure(
                LOAD,
                Samples.failed(Samples.text("load-not-found-stderr.txt")),
                LmsFailure.Kind.MODEL_NOT_FOUND,
                "Model not found: No model found that matches model key \"qwen/qwen3-4b@q8_0\".");
        assertFailure(
                LOAD,
                Samples.failed("Error: Cannot find a model with path \"x\" \n"),
                LmsFailure.Kind.MODEL_NOT_FOUND,
                "Cannot find a model with path \"x\"");
    }

    @Test
    void unknownModelWithAMisleadingNameIsStillUnknown() {
        var stderr =
                "Model not found\n\nNo model found that matches model key \"out of memory, identifier already in use\".\n";

        assertThat(classify(LOAD, Samples.failed(stderr)).kind()).isEqualTo(LmsFailure.Kind.MODEL_NOT_FOUND);
    }

    @Test
    void guardrailTellsTheNeedInDecimalBytes() {
        var failure = classify(LOAD, Samples.failed(Samples.text("load-guardrail-stderr.txt")));

        assertThat(failure.kind()).isEqualTo(LmsFailure.Kind.INSUFFICIENT_MEMORY);
        assertThat(failure.requiredBytes()).isEqualTo(22_920_000_000L);
        assertThat(failure.said()).startsWith("Model loading was stopped due to insufficient system resources.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"load-guardrail-nan-stderr.txt", "load-guardrail-old-stderr.txt", "load-cause-memory-stderr.txt"
            })
    void memoryRefusalWithoutAFigure(String file) {
        var failure = classify(LOAD, Samples.failed(Samples.text(file)));

        assertThat(failure.kind()).isEqualTo(LmsFailure.Kind.INSUFFICIENT_MEMORY);
        assertThat(failure.requiredBytes()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"512 MB,512000000", "1.5 TB,1500000000000", "2 GiB,2147483648", "7 bytes,7"})
    void needIsReadInItsUnit(String need, long bytes) {
        var stderr = "Error: this model requires approximately " + need + " of memory\n";

        assertThat(classify(LOAD, Samples.failed(stderr)).requiredBytes()).isEqualTo(bytes);
    }

    @Test
    void engineFailureTellsTitleCauseAndSuggestion() {
        assertFailure(
                LOAD,
                Samples.failed(Samples.text("load-cause-stderr.txt")),
                LmsFailure.Kind.ENGINE,
                "Failed to load model. Cause: Engine protocol runtime llama-server for m exited before becoming healthy."
                        + " exitCode=1, signal=null Suggestion: Try another runtime.");
    }

    @Test
    void engineFailureOutOfAnExitCode() {
        var said = "(Exit code: 18446744072635810000). Unknown error. Try a different model and/or config.";

        assertFailure(LOAD, Samples.failed("Error: " + said + " \n"), LmsFailure.Kind.ENGINE, said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error: A model with identifier \"m~1\" is already loaded.", "Error: The identifier is in use",
                "Error: Identifier conflict: \"m~1\"",
                        "Error: Failed to load model. \n\n\n   (X) CAUSE  \nduplicate identifier m~1"
            })
    void takenIdentifierIsGuessedFromLooseWords(String stderr) {
        assertThat(classify(LOAD, Samples.failed(stderr)).kind()).isEqualTo(LmsFailure.Kind.IDENTIFIER_TAKEN);
    }

    @Test
    void instanceThatVanishesInTheMiddle() {
        var stderr = "Error: This model has already been unloaded\n";

        assertFailure(UNLOAD, Samples.failed(stderr), LmsFailure.Kind.RACED, "This model has already been unloaded");
        assertFailure(PS, Samples.failed(stderr), LmsFailure.Kind.RACED, "This model has already been unloaded");
        assertThat(classify(UNLOAD, Samples.failed("Error: Cannot find a model with identifier \"m~1\" \n"))
                        .kind())
                .isEqualTo(LmsFailure.Kind.RACED);
    }

    @Test
    void optionThatAnOldLmsDoesNotKnow() {
        assertFailure(
                LOAD,
                Samples.failed("error: unknown option '--parallel'\n"),
                LmsFailure.Kind.UNKNOWN_OPTION,
                "unknown option '--parallel'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error: option '--ttl <seconds>' argument '0' is invalid. Number out of range, must be at least 1",
                "error: too many arguments for 'load'. Expected 1 argument but got 2.",
                "Error: Host should not include the port number. Use --port instead.",
                "Unsupported load option\n\nSpeculative decoding can only be configured for LLM models."
            })
    void argumentsThatLmsRefuses(String stderr) {
        assertThat(classify(LOAD, Samples.failed(stderr)).kind()).isEqualTo(LmsFailure.Kind.USAGE);
    }

    @Test
    void missingKeyFile() {
        assertFailure(
                PS,
                Samples.failed(Samples.text("key-missing-stderr.txt")),
                LmsFailure.Kind.KEY_FILE_MISSING,
                "ENOENT: no such file or directory, open '/home/x/.lmstudio/.internal/lms-key-2'");
    }

    @Test
    void hangTellsTheLastWarning() {
        var outcome = Samples.ended(LmsOutcome.Ending.TIMED_OUT, 130, "", Samples.text("schema-skew-stderr.txt"));
        var failure = classify(PS, outcome);

        assertThat(failure.kind()).isEqualTo(LmsFailure.Kind.TIMED_OUT);
        assertThat(failure.said())
                .startsWith("lms did not end in time; it ran 1.5 s. It had said: ")
                .contains("communication protocol incompatibility");
    }

    @Test
    void silentHang() {
        assertFailure(
                PS,
                Samples.ended(LmsOutcome.Ending.TIMED_OUT, 137, "", ""),
                LmsFailure.Kind.TIMED_OUT,
                "lms did not end in time; it ran 1.5 s.");
    }

    @Test
    void cancelledByUsAndByAnInterruptFromOutside() {
        assertThat(classify(LOAD, Samples.ended(LmsOutcome.Ending.CANCELLED, 1, "", "W Load cancelled.\n"))
                        .kind())
                .isEqualTo(LmsFailure.Kind.CANCELLED);
        assertFailure(LOAD, Samples.failed("W Load cancelled.\n"), LmsFailure.Kind.CANCELLED, "W Load cancelled.");
    }

    @Test
    void killedByASignal() {
        assertFailure(LOAD, Samples.exited(137, "", ""), LmsFailure.Kind.KILLED, "lms was ended by signal 9.");
    }

    @Test
    void listThatIsNone() {
        assertThat(classify(PS, Samples.printed("garbage")).kind()).isEqualTo(LmsFailure.Kind.BAD_OUTPUT);
        assertThat(classify(new LmsCommand.Ls(), Samples.printed("")).said())
                .isEqualTo("lms ls printed no JSON list; it printed nothing.");
    }

    @Test
    void failureWithoutAWord() {
        assertFailure(LOAD, Samples.failed(""), LmsFailure.Kind.ENGINE, "lms ended with exit code 1 and said nothing.");
    }

    @Test
    void saidIsPlainAndBounded() {
        var stderr = "Error: \u001b[31m" + "x\u0007\u0000".repeat(5_000) + "\u001b]0;title\u0007\u001b[39m\n";
        var failure = classify(LOAD, Samples.failed(stderr));

        assertThat(failure.said()).hasSize(2000).matches("x{1999}…");
    }

    private static LmsFailure classify(LmsCommand command, LmsOutcome outcome) {
        return LmsFailures.classify(command, outcome).orElseThrow();
    }

    private static void assertFailure(LmsCommand command, LmsOutcome outcome, LmsFailure.Kind kind, String said) {
        assertThat(classify(command, outcome)).isEqualTo(new LmsFailure(kind, said, null));
    }
}
