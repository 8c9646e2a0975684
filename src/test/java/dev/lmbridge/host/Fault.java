package dev.lmbridge.host;

import java.util.Locale;

/** What goes wrong in a schedule. */
enum Fault {
    PROCESS_FAILS,
    PROCESS_LIES,
    PROCESS_HANGS,
    PROCESS_KILLED,
    DONE_AFTER_ITS_PROCESS,
    CALLER_LEAVES,
    LOOK_FAILS,
    ROWS_FAIL,
    HOST_GOES,
    HOST_RETURNS,
    VANISHES,
    EXPIRES,
    DOUBLES,
    APPEARS,
    RESTART,
    CLOCK_AHEAD,
    CLOCK_BACK,
    SHUTDOWN,
    LMS_BREAKS,
    HTTP_BREAKS,
    TTLS_DIFFER,
    TWO_MACHINES;

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
