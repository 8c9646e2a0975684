package dev.lmbridge.wire;

import dev.lmbridge.events.Event;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Events as JSON: {@code {"cursor", "topic", "event", "node", "at", …}} and their facts. On the event bus this is the whole body;
 * the WebSocket adds {@code "type": "event"}.
 */
public final class EventMessages {
    private EventMessages() {}

    /** On the bus nobody has chosen a topic: it is the event's first. */
    public static JsonObject of(Event event) {
        return of(event, event.topics().getFirst());
    }

    public static JsonObject of(Event event, String topic) {
        JsonObject body = new JsonObject()
                .put("cursor", event.cursor())
                .put("topic", topic)
                .put("event", event.name())
                .put("node", event.node())
                .put("at", event.at().toString());
        event.facts()
                .forEach((name, value) -> body.put(name, value instanceof List<?> list ? new JsonArray(list) : value));
        return body;
    }
}
