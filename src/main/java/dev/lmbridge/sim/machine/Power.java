package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.logs.LogEntry;
import dev.lmbridge.sim.logs.LogEvents;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Whether LM Studio runs, and whether its HTTP server does. When LM Studio goes down, all that it had is gone: its ports are closed,
 * connections included, then instances, loads and work are lost. It comes back empty, with its HTTP server as it was.
 */
public final class Power {
    /** The version that LM Studio names, as {@code daemon up --json} and {@code /lms-status} do. */
    public static final String VERSION = "0.4.12";

    /** The port of the HTTP server that was never started on another one. */
    public static final int USUAL_PORT = 1234;

    private final Agenda agenda;
    private final LogEvents logs;
    private final Runnable whenDown;
    private Runnable whenUp = () -> {};
    private Doors doors = new NoDoors();
    private boolean running = true;
    private boolean heldDown;
    private boolean refused;
    private boolean wanted;
    private boolean listening;
    private int opening;
    private @Nullable Http http;
    private Agenda.@Nullable Entry back;

    /**
     * How the HTTP server was started last.
     *
     * @param networkInterface the address that it was told to bind to
     */
    public record Http(int port, String networkInterface, boolean cors) {}

    /** The ports. What is opened answers when it is told to the callback, on the thread of the machine. */
    public interface Doors {
        /** Nothing is told when it never opens, for instance since another program has the port. */
        void openHttp(Http http, Runnable whenOpen);

        /** Also cuts the connections. */
        void closeHttp();

        void openPrivate();

        /** Also cuts the connections. */
        void closePrivate();
    }

    Power(Agenda agenda, LogEvents logs, Runnable whenDown) {
        this.agenda = agenda;
        this.logs = logs;
        this.whenDown = whenDown;
    }

    void whenUp(Runnable listener) {
        whenUp = listener;
    }

    /** Ties it to real ports, whose HTTP one is open already. Without this, ports open at once and only in thought. */
    public void begin(Doors real, Http open) {
        doors = real;
        http = open;
        wanted = true;
        listening = true;
    }

    public boolean isUp() {
        return running;
    }

    /** Empty if the HTTP server was never started. */
    public Optional<Http> lastHttp() {
        return Optional.ofNullable(http);
    }

    /** The port where HTTP requests are answered now. */
    public OptionalInt httpPort() {
        return http != null && listening ? OptionalInt.of(http.port()) : OptionalInt.empty();
    }

    /** Starts the HTTP server; one that runs elsewhere or otherwise moves. Nothing happens while LM Studio is down. */
    public void startHttp(Http asked) {
        if (!running) {
            return;
        }
        if (listening && !asked.equals(http)) {
            close();
        }
        http = asked;
        wanted = true;
        open();
    }

    /** Closes the HTTP port and cuts its connections; what is loaded stays. */
    public void stopHttp() {
        wanted = false;
        close();
    }

    /** LM Studio ends, until {@link #up}. */
    public void down() {
        cancelReturn();
        if (running) {
            running = false;
            close();
            doors.closePrivate();
            logs.end();
            whenDown.run();
        }
    }

    /** LM Studio dies and is back after this time, or earlier by {@link #up}. */
    public void down(Duration time) {
        down();
        back = agenda.in(time, () -> {
            back = null;
            if (!heldDown) {
                up();
            }
        });
    }

    /** LM Studio starts, whatever held it down. */
    public void up() {
        cancelReturn();
        heldDown = false;
        if (!running) {
            running = true;
            doors.openPrivate();
            open();
            whenUp.run();
        }
    }

    /** Down until {@link #release}. One that is down for good stays so also after that. */
    void hold() {
        if (running || back != null) {
            down();
            heldDown = true;
        }
    }

    /** Ends what {@link #hold} began. */
    void release() {
        if (heldDown) {
            up();
        }
    }

    /** The HTTP port is closed while this is on, whether or not the server was started. */
    void refuseHttp(boolean on) {
        refused = on;
        if (on) {
            close();
        } else {
            open();
        }
    }

    private void open() {
        Http asked = http;
        if (running && wanted && !refused && !listening && asked != null) {
            int number = ++opening;
            doors.openHttp(asked, () -> {
                if (number == opening) {
                    listening = true;
                    logs.server(LogEntry.Level.INFO, () -> "HTTP server listening on port " + asked.port());
                }
            });
        }
    }

    private void close() {
        opening++;
        if (listening) {
            listening = false;
            logs.server(LogEntry.Level.INFO, () -> "Server stopped.");
        }
        doors.closeHttp();
    }

    private void cancelReturn() {
        if (back != null) {
            back.cancel();
            back = null;
        }
    }

    /** For a machine without sockets. */
    private static final class NoDoors implements Doors {
        @Override
        public void openHttp(Http http, Runnable whenOpen) {
            whenOpen.run();
        }

        @Override
        public void closeHttp() {}

        @Override
        public void openPrivate() {}

        @Override
        public void closePrivate() {}
    }
}
