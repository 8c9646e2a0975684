package dev.lmbridge.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.loader.CommandReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client says on the WebSocket. */
sealed interface ClientFrame {
    /** More than there are kinds of things to follow, and runs that a person can watch at once. */
    int MAX_TOPICS = 64;

    /**
     * Topics are to be followed.
     *
     * @param after the cursor to go on from; null for a snapshot of now
     */
    record Subscribe(List<String> topics, @Nullable String after) implements ClientFrame {}

    record Unsubscribe(List<String> topics) implements ClientFrame {}

    /** A model is to be loaded or unloaded; {@code body} as over HTTP. */
    record Order(CommandReader.Kind kind, ObjectNode body) implements ClientFrame {}

    /** {@code run.start} or {@code run.cancel}. */
    record Run() implements ClientFrame {}

    record Ping() implements ClientFrame {}

    /** By what the client knows the answer: a text or a whole number, given back as it came. Throws if there is none. */
    static Object id(ObjectNode frame) {
        JsonNode id = frame.path("id");
        if (id.isTextual() && !id.textValue().isEmpty() && id.textValue().length() <= 128) {
            return id.textValue();
        }
        if (id.isIntegralNumber() && id.canConvertToLong()) {
            return id.longValue();
        }
        throw Failure.invalid("id", "must be a text of 1 to 128 characters, or a whole number.")
                .asException();
    }

    /** The frame without its id; throws a {@link dev.lmbridge.failure.FailureException} that says what is wrong with it. */
    static ClientFrame read(ObjectNode frame) {
        return switch (frame.path("type").asText("")) {
            case "subscribe" -> {
                only(frame, Set.of("type", "id", "topics", "after"));
                yield new Subscribe(topics(frame), after(frame));
            }
            case "unsubscribe" -> {
                only(frame, Set.of("type", "id", "topics"));
                yield new Unsubscribe(topics(frame));
            }
            case "ensure" -> new Order(CommandReader.Kind.ENSURE, body(frame));
            case "unload" -> new Order(CommandReader.Kind.UNLOAD, body(frame));
            case "run.start", "run.cancel" -> new Run();
            case "ping" -> new Ping();
            default ->
                throw Failure.invalid(
                                "type",
                                "must be subscribe, unsubscribe, ensure, unload, run.start, run.cancel or ping.")
                        .asException();
        };
    }

    private static ObjectNode body(ObjectNode frame) {
        ObjectNode body = frame.deepCopy();
        body.remove(List.of("type", "id"));
        return body;
    }

    private static void only(ObjectNode frame, Set<String> known) {
        frame.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                String shown = field.length() > 100 ? field.substring(0, 100) + "…" : field;
                throw Failure.invalid(shown, "is not known here.").asException();
            }
        });
    }

    private static @Nullable String after(ObjectNode frame) {
        JsonNode after = frame.path("after");
        if (after.isMissingNode() || after.isNull()) {
            return null;
        }
        if (after.isTextual()) {
            return after.textValue();
        }
        throw Failure.invalid("after", "must be a cursor, as an event or a snapshot had it.")
                .asException();
    }

    private static List<String> topics(ObjectNode frame) {
        JsonNode topics = frame.path("topics");
        Set<String> found = new LinkedHashSet<>();
        if (topics.isArray() && !topics.isEmpty() && topics.size() <= MAX_TOPICS) {
            topics.forEach(topic -> found.add(topic.isTextual() ? topic.textValue() : ""));
        }
        if (found.isEmpty() || found.contains("")) {
            throw Failure.invalid("topics", "must be a list of 1 to " + MAX_TOPICS + " texts.")
                    .asException();
        }
        return new ArrayList<>(found);
    }
}
