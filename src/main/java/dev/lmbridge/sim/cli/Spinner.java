package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Agenda;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The turning sign of {@code lms load}: raw terminal codes on stdout, into pipes and files too, and not silenced by {@code --quiet}. */
final class Spinner {
    private static final String[] GLYPHS = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    private static final Duration REFRESH = Duration.ofMillis(80);
    private static final String HIDE_CURSOR = "\u001b[?25l";
    /** What it leaves of itself. */
    static final String CLEARED = "\r\u001b[K\u001b[?25h";

    private final Agenda agenda;
    private final CliSession session;
    private final String label;
    private final boolean tellsPercent;
    private Agenda.@Nullable Entry next;
    /** Negative until the load has told how far it is. */
    private double progress = -1;

    private int turn;

    Spinner(Agenda agenda, CliSession session, String label, boolean tellsPercent) {
        this.agenda = agenda;
        this.session = session;
        this.label = label;
        this.tellsPercent = tellsPercent;
    }

    /** The first frame comes after one interval: a load that is refused at once shows none. */
    void start() {
        next = agenda.in(REFRESH, this::turn);
    }

    private void turn() {
        draw();
        next = agenda.in(REFRESH, this::turn);
    }

    void progress(double fraction) {
        progress = fraction;
    }

    void stop() {
        pause();
        session.out(CLEARED);
    }

    /** Stops without leaving the terminal in order: what happens when the process is killed. */
    void pause() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void draw() {
        String percent = progress < 0 || !tellsPercent ? "" : Math.round(progress * 100) + "% ";
        session.out(HIDE_CURSOR + "\rLoading " + label + " " + percent + glyph(turn++));
    }

    static String glyph(int turn) {
        return GLYPHS[turn % GLYPHS.length];
    }
}
