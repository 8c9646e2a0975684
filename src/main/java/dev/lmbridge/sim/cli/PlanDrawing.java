package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Agenda;
import dev.lmbridge.sim.machine.DownloadPlan;
import dev.lmbridge.sim.machine.DownloadRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Draws a download plan again and again until it is ready. */
final class PlanDrawing {
    private static final Duration REFRESH = Duration.ofMillis(50);
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";

    private final Agenda agenda;
    private final CliSession session;
    private final DownloadRequest request;
    private Agenda.@Nullable Entry next;

    PlanDrawing(Agenda agenda, CliSession session, DownloadRequest request) {
        this.agenda = agenda;
        this.session = session;
        this.request = request;
    }

    void start() {
        session.out(HIDE_CURSOR + PlanLines.pending(request, turn()));
        next = agenda.soon(this::draw);
    }

    void ready(DownloadPlan plan, boolean yes) {
        pause();
        session.out(PlanLines.ready(plan, yes) + SHOW_CURSOR);
    }

    void stop() {
        pause();
        session.out(SHOW_CURSOR);
    }

    /** Leaves the terminal as it is. */
    void pause() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void draw() {
        session.out(PlanLines.fetching(request, turn()));
        next = agenda.in(REFRESH, this::draw);
    }

    private int turn() {
        return (int) (agenda.now().toEpochMilli() / 100 % 10);
    }
}
