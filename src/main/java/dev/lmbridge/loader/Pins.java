package dev.lmbridge.loader;

import dev.lmbridge.store.StoreVerticle;
import dev.lmbridge.store.StoredPin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pins that people and programs order: carried out at once, and remembered beyond a restart. */
public final class Pins {
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(Pins.class);

    private final Vertx vertx;
    private final LoaderClient loaders;
    private final StoreVerticle store;

    public Pins(Vertx vertx, LoaderClient loaders, StoreVerticle store) {
        this.vertx = vertx;
        this.loaders = loaders;
        this.store = store;
    }

    /** Pins a model, or takes its pin away. Without a store the order holds until the bridge ends, and the answer says so. */
    public Future<JsonObject> order(ModelCommand command, boolean pinned) {
        return loaders.pin(command, pinned).compose(answer -> {
            StoredPin pin = new StoredPin(answer.getString("host"), answer.getString("model"), command.contextLength());
            return store.ask(open -> {
                        if (pinned) {
                            open.pin(pin);
                        } else {
                            open.unpin(pin.host(), pin.model());
                        }
                        return pin;
                    })
                    .map(stored -> answer.put("warnings", new JsonArray()))
                    .recover(unstored -> {
                        LOG.atWarn()
                                .addKeyValue("model", pin.model())
                                .setCause(unstored)
                                .log("pin is not stored");
                        return Future.succeededFuture(answer.put("warnings", new JsonArray().add("not_stored")));
                    });
        });
    }

    /** Gives the orders again that an earlier run has stored. A store that does not answer yet is asked again. */
    public void restore() {
        store.ask(open -> open.pins()).onSuccess(this::repeat).onFailure(away -> {
            LOG.atDebug().setCause(away).log("pins cannot be read yet");
            vertx.setTimer(RETRY.toMillis(), again -> restore());
        });
    }

    private void repeat(List<StoredPin> pins) {
        for (StoredPin pin : pins) {
            loaders.pin(pin)
                    .onFailure(refused -> LOG.atWarn()
                            .addKeyValue("host", pin.host())
                            .addKeyValue("model", pin.model())
                            .setCause(refused)
                            .log("a stored pin cannot be carried out"));
        }
    }
}
