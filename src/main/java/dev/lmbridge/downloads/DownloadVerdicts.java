package dev.lmbridge.downloads;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.lms.LmsFailure;
import java.time.Duration;
import java.util.regex.Pattern;

/** What a failed {@code lms get} means to whoever asked for it. */
final class DownloadVerdicts {
    private static final Duration HOST_RETRY = Duration.ofSeconds(5);

    /** Texts of lms 0.3.43 and of LM Studio's catalogue. */
    private static final Pattern UNKNOWN = words("No staff picks found|Failed to resolve (?:artifact|model)"
            + "|Cannot find variant|does not exist or you do not have permission|Api error with status 404");

    /** LM Studio's own words for it are not known; these are Node's, and what a person would write. */
    private static final Pattern DISK = words(
            "ENOSPC|no space left|(?:not enough|insufficient|out of) (?:free )?(?:disk|storage|space)|disk (?:is )?full");

    private static final Pattern NAME = words("more than 2 @'s|^error: |Invalid (?:model|artifact) name");

    private DownloadVerdicts() {}

    static Failure of(LmsFailure failure, String model, Duration patience) {
        String said = "lms said: " + failure.said();
        return switch (failure.kind()) {
            case NOT_INSTALLED, NOT_EXECUTABLE, CANNOT_START -> notInstalled(said);
            case HOST_DOWN -> Failure.of(FailureCode.HOST_UNAVAILABLE, said).withRetryAfter(HOST_RETRY);
            case MODEL_NOT_FOUND -> Failure.of(FailureCode.MODEL_NOT_FOUND, said);
            case TIMED_OUT ->
                Failure.of(
                                FailureCode.UPSTREAM_TIMEOUT,
                                "The download of '" + model + "' made no progress for " + patience.toSeconds()
                                        + " s and was ended.")
                        .with("reason", "stalled");
            case KEY_FILE_MISSING ->
                failed(
                        model,
                        "lms cannot read LM Studio's key file; set hosts[].home to the home of LM Studio's user. "
                                + said,
                        "key_file");
            case CANCELLED, KILLED -> failed(model, "The call of lms was ended. " + said, "killed");
            case UNKNOWN_OPTION ->
                failed(model, "This version of lms does not take our arguments. " + said, "unsupported_lms");
            case INSUFFICIENT_MEMORY, IDENTIFIER_TAKEN, RACED, USAGE, ENGINE, BAD_OUTPUT ->
                byWords(failure, model, said);
        };
    }

    private static Failure byWords(LmsFailure failure, String model, String said) {
        if (DISK.matcher(failure.said()).find()) {
            return failed(
                    model, "The host's disk is full; free some space and download again. " + said, "insufficient_disk");
        }
        if (UNKNOWN.matcher(failure.said()).find()) {
            return Failure.of(FailureCode.MODEL_NOT_FOUND, "There is no '" + model + "' to download. " + said);
        }
        if (NAME.matcher(failure.said()).find()) {
            return Failure.invalidModelName("model", said);
        }
        return failed(model, said, "lms_failed");
    }

    private static Failure failed(String model, String what, String reason) {
        return Failure.of(FailureCode.UPSTREAM_ERROR, "'" + model + "' could not be downloaded: " + what)
                .with("reason", reason)
                .with("model", model);
    }

    static Failure notInstalled(String said) {
        return Failure.of(
                FailureCode.LMS_NOT_INSTALLED,
                "A download needs the lms command, and it was not found; install LM Studio, or set hosts[].lms to its path. "
                        + said);
    }

    private static Pattern words(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    }
}
