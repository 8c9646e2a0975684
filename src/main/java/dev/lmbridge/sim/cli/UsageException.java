package dev.lmbridge.sim.cli;

/** Arguments that the parser of {@code lms} refuses; the message is what it prints after {@code error: }. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String text;

    UsageException(String text) {
        super(text, null, false, false);
        this.text = text;
    }

    String text() {
        return text;
    }
}
