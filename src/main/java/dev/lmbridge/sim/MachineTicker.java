package dev.lmbridge.sim;

import dev.lmbridge.sim.machine.Agenda;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Lets the machine's time pass: sets a timer for what is due next, and runs it on the machine's thread. */
final class MachineTicker {
    private static final long NONE = -1;

    private final Vertx vertx;
    private final Context context;
    private final Agenda agenda;
    private long timer = NONE;
    private boolean running;
    private boolean asked;

    MachineTicker(Vertx vertx, Context context, Agenda agenda) {
        this.vertx = vertx;
        this.context = context;
        this.agenda = agenda;
        agenda.whenChanged(this::rearm);
    }

    private void rearm() {
        if (running || asked) {
            return;
        }
        agenda.nextDue().ifPresent(due -> {
            // Rounded up: a timer that fires too early would only spin until the time has come.
            long millis = Math.ceilDiv(Duration.between(agenda.now(), due).toNanos(), 1_000_000L);
            if (timer != NONE) {
                vertx.cancelTimer(timer);
                timer = NONE;
            }
            if (millis <= 0) {
                asked = true;
                context.runOnContext(nothing -> run());
            } else {
                timer = vertx.setTimer(millis, fired -> {
                    timer = NONE;
                    run();
                });
            }
        });
    }

    private void run() {
        asked = false;
        running = true;
        try {
            agenda.runDue();
        } finally {
            running = false;
            rearm();
        }
    }
}
