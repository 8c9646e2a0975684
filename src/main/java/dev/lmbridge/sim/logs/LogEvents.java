package dev.lmbridge.sim.logs;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Hands log entries to those who listen at that moment, and keeps none: without a listener an entry is not even made. A listener must not
 * block, and drops what it has no room for. Belongs to the thread of the machine.
 */
public final class LogEvents {
    private final InstantSource clock;
    private final Set<Listener> listeners = new LinkedHashSet<>();

    public LogEvents(InstantSource clock) {
        this.clock = clock;
    }

    /** Hears the log. */
    public interface Listener {
        void logged(Instant time, LogEntry entry);

        /** LM Studio has ended, and with it this listening. */
        void ended();
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** Nothing happens when it does not listen. */
    public void leave(Listener listener) {
        listeners.remove(listener);
    }

    public void tell(Supplier<? extends LogEntry> entry) {
        if (!listeners.isEmpty()) {
            LogEntry made = entry.get();
            Instant now = clock.instant();
            List.copyOf(listeners).forEach(listener -> listener.logged(now, made));
        }
    }

    /** A line of the HTTP server. */
    public void server(LogEntry.Level level, Supplier<String> content) {
        tell(() -> new LogEntry.ServerLine(content.get(), level));
    }

    /** Ends every listening. */
    public void end() {
        List<Listener> all = List.copyOf(listeners);
        listeners.clear();
        all.forEach(Listener::ended);
    }
}
