package dev.lmbridge.lms;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the failure of a call. Texts are those of lms 0.3.43 and of the LM Studio versions that were seen with it; they stand in
 * stderr, in a title, a body or a cause, so the whole of it is searched.
 */
public final class LmsFailures {
    private static final Pattern UNKNOWN_OPTION = lines("^error: unknown option ");

    private static final Pattern USAGE = lines("^error: |^Error: Host should not include |^Error: Only one of --"
            + "|^Unsupported load option$|^Invalid Usage$|^Path not provided$");

    private static final Pattern MODEL_NOT_FOUND =
            lines("^Model not found$|^No model found (?:that matches model key|with path being exactly) \""
                    + "|Cannot find a model with path \"");

    private static final Pattern KEY_FILE = lines("\\b(?:ENOENT|EACCES|EPERM)\\b.*lms-key");

    private static final Pattern MEMORY = words("insufficient system resources|requires approximately .{0,80} of memory"
            + "|not enough resources|out of memory|insufficient memory");

    private static final Pattern RACED = words("already been unloaded|Cannot find a model with (?:the )?identifier \"");

    /**
     * The server's words for it are not known. So: an identifier, and in the same sentence that it is in use, in either order. A wrong
     * guess costs one more attempt under another name.
     */
    private static final Pattern IDENTIFIER_TAKEN =
            words("identifier\\b[^\\n]{0,1200}?\\b(?:already|in use|taken|exists|not unique|duplicate|conflict)"
                    + "|\\b(?:already|in use|taken|duplicate|conflicting|non-unique)\\b[^\\n]{0,200}?\\bidentifier");

    private static final Pattern HOST_DOWN = words("server does not appear to be running|daemon is not running"
            + "|Timed out waiting for LM Studio daemon|Failed to start or connect to local LM Studio API"
            + "|WebSocket connection closed"
            + "|\\b(?:ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ETIMEDOUT)\\b|socket hang up");

    private static final Pattern INTERRUPTED = lines("^(?:W )?Load cancelled\\.$");

    private static final Pattern NEED =
            words("requires approximately ([0-9]{1,9}(?:\\.[0-9]{1,9})?)\\s*([KMGT]?i?B|bytes)\\b");

    private LmsFailures() {}

    /**
     * The failure, or empty for a success. A success of a load or an unload is only a claim: see {@link LmsOutput#loadedIdentifier} and
     * {@link LmsOutput#wasNotLoaded}. A load that timed out may have succeeded before it hung.
     */
    public static Optional<LmsFailure> classify(LmsCommand command, LmsOutcome outcome) {
        return Optional.ofNullable(
                switch (outcome.ending()) {
                    case NOT_STARTED -> notStarted(outcome);
                    case TIMED_OUT ->
                        failure(
                                LmsFailure.Kind.TIMED_OUT,
                                "lms did not end in time; it ran " + seconds(outcome),
                                outcome);
                    case CANCELLED -> cancelled(outcome);
                    case EXITED -> outcome.exitCode() == 0 ? badOutput(command, outcome) : exited(command, outcome);
                });
    }

    /** Only a call that said so has told LM Studio; one that had to be killed has not. */
    private static LmsFailure cancelled(LmsOutcome outcome) {
        boolean told = INTERRUPTED.matcher(TerminalText.plain(outcome.stderr())).find();
        return told
                ? failure(LmsFailure.Kind.CANCELLED, "The call was cancelled", outcome)
                : failure(LmsFailure.Kind.KILLED, "The call was cancelled and had to be killed", outcome);
    }

    private static LmsFailure notStarted(LmsOutcome outcome) {
        var kind = switch (outcome.exitCode()) {
            case 127 -> LmsFailure.Kind.NOT_INSTALLED;
            case 126 -> LmsFailure.Kind.NOT_EXECUTABLE;
            default -> LmsFailure.Kind.CANNOT_START;
        };
        return said(kind, outcome, "lms could not be started.");
    }

    private static @Nullable LmsFailure badOutput(LmsCommand command, LmsOutcome outcome) {
        try {
            switch (command) {
                case LmsCommand.Ps ps -> LmsOutput.instances(outcome);
                case LmsCommand.Ls ls -> LmsOutput.models(outcome);
                case LmsCommand.Load load -> {}
                case LmsCommand.Unload unload -> {}
                case LmsCommand.Get get -> {}
                case LmsCommand.Version version -> {}
                case LmsCommand.Estimate estimate -> {
                    if (LmsOutput.estimatedBytes(outcome).isEmpty()) {
                        throw new LmsOutputException("lms load --estimate-only named no figure.");
                    }
                }
            }
            return null;
        } catch (LmsOutputException e) {
            return new LmsFailure(
                    LmsFailure.Kind.BAD_OUTPUT, TerminalText.oneLine(String.valueOf(e.getMessage()), Said.LIMIT), null);
        }
    }

    private static LmsFailure exited(LmsCommand command, LmsOutcome outcome) {
        int code = outcome.exitCode();
        if (code > 128) {
            return failure(LmsFailure.Kind.KILLED, "lms was ended by signal " + (code - 128), outcome);
        }
        var kind = kind(command, outcome);
        var failure = said(kind, outcome, "lms ended with exit code " + code + " and said nothing.");
        return kind == LmsFailure.Kind.INSUFFICIENT_MEMORY
                ? new LmsFailure(kind, failure.said(), requiredBytes(TerminalText.plain(outcome.stderr())))
                : failure;
    }

    /** The first that matches: what only the command line itself can have said comes before words that a model's name may hold. */
    private static LmsFailure.Kind kind(LmsCommand command, LmsOutcome outcome) {
        var text = TerminalText.plain(outcome.stderr());
        // A shell that stands in for lms, or the interpreter line of a script, reports so.
        if (outcome.exitCode() == 127) {
            return LmsFailure.Kind.NOT_INSTALLED;
        }
        if (outcome.exitCode() == 126) {
            return LmsFailure.Kind.NOT_EXECUTABLE;
        }
        for (var rule : RULES) {
            if (rule.text().matcher(text).find()) {
                return rule.kind();
            }
        }
        if (command instanceof LmsCommand.Load && IDENTIFIER_TAKEN.matcher(text).find()) {
            return LmsFailure.Kind.IDENTIFIER_TAKEN;
        }
        return LmsFailure.Kind.ENGINE;
    }

    private record Rule(Pattern text, LmsFailure.Kind kind) {}

    private static final List<Rule> RULES = List.of(
            new Rule(UNKNOWN_OPTION, LmsFailure.Kind.UNKNOWN_OPTION),
            new Rule(USAGE, LmsFailure.Kind.USAGE),
            new Rule(MODEL_NOT_FOUND, LmsFailure.Kind.MODEL_NOT_FOUND),
            new Rule(KEY_FILE, LmsFailure.Kind.KEY_FILE_MISSING),
            new Rule(INTERRUPTED, LmsFailure.Kind.CANCELLED),
            new Rule(MEMORY, LmsFailure.Kind.INSUFFICIENT_MEMORY),
            new Rule(RACED, LmsFailure.Kind.RACED),
            new Rule(HOST_DOWN, LmsFailure.Kind.HOST_DOWN));

    /** Our own sentence first, then what {@code lms} had said until then. */
    private static LmsFailure failure(LmsFailure.Kind kind, String ours, LmsOutcome outcome) {
        var theirs = Said.of(outcome.stderr());
        var text = theirs.isEmpty() ? ours + "." : ours + ". It had said: " + theirs;
        return new LmsFailure(kind, TerminalText.cut(text, Said.LIMIT), null);
    }

    private static LmsFailure said(LmsFailure.Kind kind, LmsOutcome outcome, String otherwise) {
        var theirs = Said.of(outcome.stderr());
        var text = theirs.isEmpty() ? TerminalText.oneLine(outcome.stdout(), Said.LIMIT) : theirs;
        return new LmsFailure(kind, text.isEmpty() ? otherwise : text, null);
    }

    private static String seconds(LmsOutcome outcome) {
        return String.format(Locale.ROOT, "%.1f s", outcome.took().toMillis() / 1000.0);
    }

    /** The figure can be {@code NaN undefined} (lmstudio-bug-tracker#1038): then there is none. */
    private static @Nullable Long requiredBytes(String text) {
        var need = NEED.matcher(text);
        if (!need.find()) {
            return null;
        }
        return MemoryText.bytes(need.group(1), need.group(2));
    }

    private static Pattern lines(String regex) {
        return Pattern.compile(regex, Pattern.MULTILINE);
    }

    private static Pattern words(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
