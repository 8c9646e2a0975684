package dev.lmbridge.loader;

import dev.lmbridge.events.EventLog;
import dev.lmbridge.events.News;
import dev.lmbridge.events.Topics;
import dev.lmbridge.wire.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes hosts out of use and back. A host that is being drained gets no new request, and no load is begun there; what runs there
 * ends by itself. A restart of the node forgets it.
 */
public final class Draining {
    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);

    private final Vertx vertx;
    private final EventLog events;

    public Draining(Vertx vertx, EventLog events) {
        this.vertx = vertx;
        this.events = events;
    }

    /** Without effect if it is being drained already. */
    public void begin(HostHandle host) {
        if (!host.isDraining()) {
            host.setDraining(true);
            send(host);
            tell(host, "host.draining", "host takes nothing new");
        }
    }

    /** Without effect if it is in use. */
    public void end(HostHandle host) {
        if (host.isDraining()) {
            host.setDraining(false);
            send(host);
            tell(host, "host.resumed", "host is in use again");
        }
    }

    private void send(HostHandle host) {
        vertx.eventBus().send(Addresses.hostDrain(host.name()), new JsonObject().put("draining", host.isDraining()));
    }

    private void tell(HostHandle host, String event, String line) {
        LOG.atInfo().addKeyValue("host", host.name()).log(line);
        events.append(News.of(Topics.HOSTS, event).with("host", host.name()));
    }
}
