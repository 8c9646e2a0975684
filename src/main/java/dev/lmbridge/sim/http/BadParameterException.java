package dev.lmbridge.sim.http;

/** A field of a request to {@code /api/v1} that is missing or cannot be used. */
final class BadParameterException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;
    private final String parameter;
    private final String text;

    BadParameterException(String code, String parameter, String text) {
        super(text, null, false, false);
        this.code = code;
        this.parameter = parameter;
        this.text = text;
    }

    String code() {
        return code;
    }

    String parameter() {
        return parameter;
    }

    String text() {
        return text;
    }
}
