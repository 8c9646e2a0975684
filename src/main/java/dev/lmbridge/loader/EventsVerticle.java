package dev.lmbridge.loader;

import dev.lmbridge.events.Event;
import dev.lmbridge.events.EventLog;
import dev.lmbridge.wire.Addresses;
import dev.lmbridge.wire.EventMessages;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Publishes what happens on this node on the event bus, in order. */
public final class EventsVerticle extends VerticleBase {
    private static final int AT_ONCE = 64;

    private final EventLog log;
    private final AtomicBoolean woken = new AtomicBoolean();
    private long told;
    private Runnable stopFollowing = () -> {};

    public EventsVerticle(EventLog log) {
        this.log = log;
    }

    @Override
    public Future<?> start() {
        stopFollowing = log.follow(this::wake);
        wake();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopFollowing.run();
        return Future.succeededFuture();
    }

    /** Called by whichever thread has told something. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            context.runOnContext(ignored -> {
                woken.set(false);
                publish();
            });
        }
    }

    private void publish() {
        List<Event> events = log.after(told, AT_ONCE);
        for (Event event : events) {
            told = event.number();
            vertx.eventBus().publish(Addresses.EVENTS, EventMessages.of(event));
        }
        if (events.size() == AT_ONCE) {
            wake();
        }
    }
}
