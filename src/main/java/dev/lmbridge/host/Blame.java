package dev.lmbridge.host;

import dev.lmbridge.failure.Failure;

/** Whose fault the failure of one attempt is, and what it says about another attempt. */
record Blame(On on, boolean worthRetrying, boolean mayStillLoad, boolean timedOut) {

    /** What a failure counts against. */
    enum On {
        /** Nothing: the answer of a host that works. */
        NOBODY,
        MODEL,
        HOST
    }

    private static final Blame NOTHING_FOLLOWS = new Blame(On.NOBODY, false, false, false);

    /** Of a load. What ended its process by force says nothing of the host, which may go on loading. */
    static Blame ofLoad(Failure failure) {
        return switch (failure.code()) {
            case MODEL_LOAD_FAILED ->
                switch (String.valueOf(failure.more().get("reason"))) {
                    case "timeout" -> new Blame(On.MODEL, true, true, true);
                    case "cancelled" -> new Blame(On.NOBODY, true, false, false);
                    case "killed" -> new Blame(On.NOBODY, true, true, false);
                    case "unsupported_lms", "key_file" -> new Blame(On.HOST, false, false, false);
                    default -> new Blame(On.MODEL, true, false, false);
                };
            case MODEL_VERIFICATION_FAILED -> new Blame(On.MODEL, true, false, false);
            case HOST_UNAVAILABLE -> new Blame(On.HOST, true, false, false);
            case LMS_NOT_INSTALLED -> new Blame(On.HOST, false, false, false);
            case INTERNAL -> new Blame(On.HOST, false, true, false);
            default -> NOTHING_FOLLOWS;
        };
    }

    /** Of any other command of {@code lms}: only that it hangs or cannot be started counts, and that against the host. */
    static On ofCommand(Failure failure) {
        return switch (failure.code()) {
            case HOST_UNAVAILABLE, LMS_NOT_INSTALLED -> On.HOST;
            default -> "timeout".equals(failure.more().get("reason")) ? On.HOST : On.NOBODY;
        };
    }
}
