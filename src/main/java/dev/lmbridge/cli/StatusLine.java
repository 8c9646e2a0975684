package dev.lmbridge.cli;

import java.io.PrintStream;

/** One line at the bottom of a terminal that is painted over until it is wiped; nothing at all where nobody looks. */
final class StatusLine {
    private static final String WIPE = "\r\u001b[K";
    private static final String[] TURNS = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    private static final int CELLS = 24;

    private final PrintStream out;
    private final boolean visible;
    private boolean painted;
    private int turn;

    StatusLine(PrintStream out, boolean visible) {
        this.out = out;
        this.visible = visible;
    }

    synchronized void paint(String text) {
        if (visible) {
            out.print(WIPE + TURNS[turn++ % TURNS.length] + " " + HumanText.oneLine(text));
            out.flush();
            painted = true;
        }
    }

    synchronized void wipe() {
        if (painted) {
            out.print(WIPE);
            out.flush();
            painted = false;
        }
    }

    /** {@code ███████             } of a part of hundred. */
    static String bar(double percent) {
        int full = Math.clamp(Math.round(percent / 100 * CELLS), 0, CELLS);
        return "█".repeat(full) + "░".repeat(CELLS - full);
    }
}
