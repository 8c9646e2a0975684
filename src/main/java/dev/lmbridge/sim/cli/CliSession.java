package dev.lmbridge.sim.cli;

import org.jspecify.annotations.Nullable;

/** One call of {@code lms}: where its commands write, and how they hear of signals. */
public final class CliSession {
    private final CliWire wire;
    private LogLevel level = LogLevel.INFO;
    private Runnable whenInterrupted = () -> exit(130);
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

    void info(String line) {
        log(LogLevel.INFO, level == LogLevel.DEBUG ? "I " : "", line);
    }

    /** Text for a person that has no prefix with {@code --verbose} either. */
    void plainInfo(String line) {
        log(LogLevel.INFO, "", line);
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

    /** A line of error text without a prefix. */
    void titledLine(String line) {
        log(LogLevel.ERROR, "", line);
    }

    /** An error text of the server: the title, then the cause in its own block. */
    void serverError(String title, @Nullable String cause) {
        error(title + (cause == null ? "" : " \n\n\n   (X) CAUSE  \n\n" + cause));
    }

    private void log(LogLevel of, String prefix, String line) {
        if (!over && of.compareTo(level) >= 0) {
            wire.err(prefix + line + "\n");
        }
    }

    /** What a picker draws: on stderr, whatever the log level. */
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

    /** Another process will hold the streams of this one, also when this one has ended. */
    void spawnGrandchild() {
        wire.spawnGrandchild();
    }

    /** Never ends by itself, and not by SIGINT. */
    void hang() {
        whenInterrupted = () -> {};
    }

    void whenInterrupted(Runnable action) {
        whenInterrupted = action;
    }

    void whenGone(Runnable action) {
        whenGone = action;
    }

    boolean isOver() {
        return over;
    }

    /** The process got SIGINT. */
    public void interrupted() {
        if (!over) {
            whenInterrupted.run();
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
