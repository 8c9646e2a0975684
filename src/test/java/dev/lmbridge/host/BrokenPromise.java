package dev.lmbridge.host;

/** A schedule in which a promise does not hold. */
final class BrokenPromise extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String promise;

    BrokenPromise(String promise, String detail) {
        super("broken " + detail + ": " + promise);
        this.promise = promise;
    }

    /** Which one, in words that are the same in every schedule. */
    String promise() {
        return promise;
    }
}
