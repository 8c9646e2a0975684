package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Agenda;
import dev.lmbridge.sim.machine.DownloadJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The bar of {@code lms get}: raw terminal codes on stdout, into pipes and files too, and not silenced by {@code --quiet}. */
final class DownloadBar {
    private static final Duration REFRESH = Duration.ofMillis(50);
    private static final Duration CLEARING = Duration.ofSeconds(3);
    private static final int CELLS = 22;
    private static final String PARTS = "▏▎▍▌▋▊▉█";
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String SAVE_CURSOR = "\u001b[s";
    private static final String RESTORE_CURSOR = "          \u001b[u";
    private static final String CLEAR_LINE = "\u001b[2K";
    private static final String TO_COLUMN_1 = "\u001b[1G";

    private final Agenda agenda;
    private final CliSession session;
    private Agenda.@Nullable Entry next;
    private @Nullable Instant cleared;
    private int turn;
    private double ratio;
    private String text = "";
    private int doneWidth = 6;
    private int totalWidth = 6;
    private int speedWidth = 6;

    DownloadBar(Agenda agenda, CliSession session) {
        this.agenda = agenda;
        this.session = session;
    }

    void start() {
        next = agenda.in(REFRESH, this::turn);
    }

    private void turn() {
        turn++;
        draw();
        start();
    }

    void progress(DownloadJob job) {
        long total = job.file().sizeBytes();
        String done = Figures.decimal(job.downloadedBytes());
        String all = Figures.decimal(total);
        String speed = Figures.decimal((long) job.bytesPerSecond());
        doneWidth = Math.max(doneWidth, done.length());
        totalWidth = Math.max(totalWidth, all.length());
        speedWidth = Math.max(speedWidth, speed.length());
        ratio = (double) job.downloadedBytes() / total;
        text = " | " + pad(done, doneWidth) + " / " + pad(all, totalWidth) + " | " + pad(speed, speedWidth)
                + "/s | ETA " + remaining(Math.round((total - job.downloadedBytes()) / job.bytesPerSecond()));
        draw();
    }

    /** Ends it if it has not ended, and leaves an empty line. */
    void stop() {
        if (next != null) {
            pause();
            session.out(CLEAR_LINE + TO_COLUMN_1 + SHOW_CURSOR);
        }
    }

    /** Ends it, and leaves its last frame. */
    void freeze() {
        if (next != null) {
            pause();
            session.out(SHOW_CURSOR);
        }
    }

    /** Ends it without leaving the terminal in order: what happens when the process is killed. */
    void pause() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void draw() {
        if (next == null) {
            return;
        }
        Instant now = agenda.now();
        boolean clears = cleared == null || cleared.plus(CLEARING).isBefore(now);
        cleared = clears ? now : cleared;
        session.out(HIDE_CURSOR + SAVE_CURSOR + (clears ? CLEAR_LINE : "") + "\r" + Spinner.glyph(turn) + " [" + cells()
                + "] " + String.format(Locale.ROOT, "%.2f", ratio * 100) + "%" + text + RESTORE_CURSOR);
    }

    private String cells() {
        if (ratio >= 1) {
            return "█".repeat(CELLS);
        }
        int full = (int) (ratio * CELLS);
        int part = (int) ((ratio * CELLS - full) * PARTS.length());
        return "█".repeat(full) + PARTS.charAt(part) + " ".repeat(CELLS - full - 1);
    }

    private static String pad(String figure, int width) {
        return " ".repeat(width - figure.length()) + figure;
    }

    private static String remaining(long seconds) {
        String minutes = String.format(Locale.ROOT, "%02d:%02d", seconds / 60 % 60, seconds % 60);
        return seconds < 3_600 ? minutes : String.format(Locale.ROOT, "%02d:%s", seconds / 3_600, minutes);
    }
}
