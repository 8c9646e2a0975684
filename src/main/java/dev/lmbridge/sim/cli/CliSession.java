package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Refusal;

/** One call of {@code lms}: where its commands write, and how they hear of signals. */
public final class CliSession {
    private final CliWire wire;
    private LogLevel level = LogLevel.INFO;
    private Runnable whenInterrupted = () -> exit(130);
    private Runnable whenTerminated = () -> exit(143);
    private Runnable whenGone = () -> {};
    private Runnable whenStdinEnds = () -> {};
    private boolean over;

    CliSession(CliWire wire) {
        this.wire = wire;
    }

    /** How much of the human text is printed; {@code --quiet} silences errors too, but never stdout. */
    enum LogLevel {
        DEBUG,
        INFO,
        WARN,
        ERROR,
        NONE
    }

    void level(LogLevel chosen) {
        level = chosen;
    }

    void out(String text) {
        if (!over) {
            wire.out(text);
        }
    }

    void outLine(String line) {
        out(line + "\n");
    }

    /** Text on stderr that no log flag silences: what the argument parser says. */
    void usageError(String line) {
        if (!over) {
            wire.err("error: " + line + "\n");
        }
        exit(1);
    }

    /** Text on stdout that is lost when the process does not take it. */
    void outIfRoom(String text) {
        if (wire.hasRoom()) {
            out(text);
        }
    }

    /** HOME as the process has it. */
    String home() {
        return wire.home();
    }

    void info(String line) {
        log(LogLevel.INFO, level == LogLevel.DEBUG ? "I " : "", line);
    }

    /** Text for a person that has no prefix with {@code --verbose} either. */
    void plainInfo(String line) {
        log(LogLevel.INFO, "", line);
    }

    void debug(String line) {
        log(LogLevel.DEBUG, "D ", line);
    }

    void warn(String line) {
        log(LogLevel.WARN, "W ", line);
    }

    void error(String line) {
        log(LogLevel.ERROR, "Error: ", line);
    }

    /** An error of several lines without a prefix: a title, an empty line, a body. */
    void titled(String title, String... body) {
        log(LogLevel.ERROR, "", title + "\n\n" + String.join("\n", body));
    }

    /**
     * What the server refused: the title, then a suggestion and the cause in blocks of their own. It ends the call. Like all that
     * {@code lms} does not catch itself, it is printed whatever the log level.
     */
    void refused(Refusal refusal) {
        StringBuilder text = new StringBuilder(refusal.title());
        if (refusal.suggestion() != null || refusal.cause() != null) {
            text.append(' ');
        }
        if (refusal.suggestion() != null) {
            text.append("\n\n\n (!) SUGGESTION ").append(refusal.suggestion());
        }
        if (refusal.cause() != null) {
            text.append("\n\n\n   (X) CAUSE  \n\n").append(refusal.cause());
        }
        uncaught(text.toString());
    }

    /** An error that {@code lms} does not catch: printed whatever the log level, and the end of the call. */
    void uncaught(String text) {
        if (!over) {
            wire.err("Error: " + text + "\n");
        }
        exit(1);
    }

    private void log(LogLevel of, String prefix, String line) {
        if (!over && of.compareTo(level) >= 0) {
            wire.err(prefix + line + "\n");
        }
    }

    /** What a picker draws, or a library prints: on stderr, whatever the log level. */
    void draw(String ansi) {
        if (!over) {
            wire.err(ansi);
        }
    }

    void exit(int code) {
        if (!over) {
            over = true;
            wire.exit(code);
        }
    }

    void readStdin(Runnable atItsEnd) {
        whenStdinEnds = atItsEnd;
        wire.readStdin();
    }

    /** Never ends by itself, and not by SIGINT. */
    void hang() {
        whenInterrupted = () -> {};
    }

    void whenInterrupted(Runnable action) {
        whenInterrupted = action;
    }

    /** Only commands that {@code LmsStandIn} forwards SIGTERM for hear of it. */
    void whenTerminated(Runnable action) {
        whenTerminated = action;
    }

    void whenGone(Runnable action) {
        whenGone = action;
    }

    boolean isOver() {
        return over;
    }

    /** The process got SIGINT. A call that is over, and yet not gone, ends as processes do that do not care for the signal. */
    public void interrupted() {
        if (over) {
            wire.exit(130);
        } else {
            whenInterrupted.run();
        }
    }

    /** The process got SIGTERM. */
    public void terminated() {
        if (!over) {
            whenTerminated.run();
        }
    }

    /** The process reached the end of its standard input. */
    public void stdinEnded() {
        if (!over) {
            whenStdinEnds.run();
        }
    }

    /** The process is gone, killed or at its end. */
    public void gone() {
        if (!over) {
            over = true;
            whenGone.run();
        }
    }
}
