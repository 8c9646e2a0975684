package dev.lmbridge.cli;

/** Ends a command with a sentence for people and an exit code; expected, so it carries no stack. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String sentence;

    CommandFailure(int exitCode, String sentence) {
        super(sentence, null, false, false);
        this.exitCode = exitCode;
        this.sentence = sentence;
    }

    int exitCode() {
        return exitCode;
    }

    String sentence() {
        return sentence;
    }
}
