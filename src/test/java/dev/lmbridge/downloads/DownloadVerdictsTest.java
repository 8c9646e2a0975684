package dev.lmbridge.downloads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.lms.LmsCommand;
import dev.lmbridge.lms.LmsFailures;
import dev.lmbridge.lms.LmsOutcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the words of {@code lms get} mean. */
final class DownloadVerdictsTest {
    private static final LmsCommand GET = new LmsCommand.Get("x/m");

    @Test
    void whatThereIsNotIsAModelThatIsNotFound() {
        assertThat(exited("Error: Failed to resolve artifact \"x/m\": The artifact does not exist")
                        .code())
                .isEqualTo(FailureCode.MODEL_NOT_FOUND);
        assertThat(exited("Error: Cannot find variant q9.").code()).isEqualTo(FailureCode.MODEL_NOT_FOUND);
        assertThat(exited("Error: Failed to resolve model x/m: Api error with status 404")
                        .code())
                .isEqualTo(FailureCode.MODEL_NOT_FOUND);
    }

    @Test
    void aFullDiskIsNamed() {
        assertThat(exited("Error: ENOSPC: no space left on device, write ").more())
                .containsEntry("reason", "insufficient_disk");
    }

    @Test
    void aHostThatIsDownIsUnavailableAndAnythingElseTheHostsFailure() {
        Failure down = exited("Error: The server does not appear to be running at h:1. Please make sure");
        assertThat(down.code()).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(down.retryAfter()).isNotNull();
        assertThat(exited("Error: something else").more()).containsEntry("reason", "lms_failed");
        assertThat(exited("error: unknown option '-y'").more()).containsEntry("reason", "unsupported_lms");
    }

    @Test
    void oneThatStandsStillHasTakenTooLong() {
        Failure stalled = verdict(LmsOutcome.Ending.TIMED_OUT, 130, "");

        assertThat(stalled.code()).isEqualTo(FailureCode.UPSTREAM_TIMEOUT);
        assertThat(stalled.more()).containsEntry("reason", "stalled");
        assertThat(stalled.detail()).contains("300 s");
    }

    @Test
    void oneThatCannotBeStartedIsNotInstalled() {
        assertThat(verdict(LmsOutcome.Ending.NOT_STARTED, 127, "no such file").code())
                .isEqualTo(FailureCode.LMS_NOT_INSTALLED);
    }

    private static Failure exited(String stderr) {
        return verdict(LmsOutcome.Ending.EXITED, 1, stderr);
    }

    private static Failure verdict(LmsOutcome.Ending ending, int code, String stderr) {
        LmsOutcome outcome = new LmsOutcome(ending, code, "", stderr, false, Duration.ofSeconds(1));
        return DownloadVerdicts.of(LmsFailures.classify(GET, outcome).orElseThrow(), "x/m", Duration.ofMinutes(5));
    }
}
