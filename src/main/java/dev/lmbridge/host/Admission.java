package dev.lmbridge.host;

import java.util.concurrent.atomic.AtomicBoolean;

/** The right to use an instance, until it is closed. Closing twice counts once, so every path may close. */
public final class Admission implements AutoCloseable {
    private final String identifier;
    private final Usage usage;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Admission(String identifier, Usage usage) {
        this.identifier = identifier;
        this.usage = usage;
    }

    /** The name that the host knows the instance by. */
    public String identifier() {
        return identifier;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            usage.leave();
        }
    }
}
