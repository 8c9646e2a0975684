package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Agenda;
import dev.lmbridge.sim.machine.DownloadJob;
import dev.lmbridge.sim.machine.DownloadListener;

/** The last part of {@code lms get}: follows a download to its end. The download goes on when the process is gone. */
final class GetProgress implements DownloadListener {
    private final CliSession session;
    private final DownloadJob job;
    private final DownloadBar bar;
    private boolean asked;

    GetProgress(Agenda agenda, CliSession session, DownloadJob job) {
        this.session = session;
        this.job = job;
        this.bar = new DownloadBar(agenda, session);
    }

    void start() {
        bar.start();
        job.listen(this);
        session.whenInterrupted(this::interrupted);
        session.whenGone(() -> {
            bar.pause();
            job.ignore(this);
        });
    }

    /** It asks whether to go on; nobody answers without a terminal, and a second signal ends it. */
    private void interrupted() {
        asked = true;
        bar.freeze();
        session.plainInfo("");
        session.draw("Continue to download in the background? (Y/N): ");
        session.whenInterrupted(() -> end(1));
    }

    @Override
    public void progress(DownloadJob running) {
        if (!asked) {
            bar.progress(running);
        }
    }

    @Override
    public void finalizing() {
        if (!asked) {
            bar.stop();
            session.info("Finalizing download...");
        }
    }

    @Override
    public void completed() {
        session.info("Download completed.");
        end(0);
    }

    @Override
    public void failed(String reason) {
        bar.stop();
        session.error(reason + " ");
        end(1);
    }

    private void end(int code) {
        job.ignore(this);
        session.exit(code);
    }
}
