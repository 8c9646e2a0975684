package dev.lmbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a stream: its events are looked at one by one, until one says something. By then it is known whether the
 * right model answers, and that it does answer.
 */
final class Opening {
    /** A first event larger than this goes through unchecked. */
    static final int MAX_EVENT = 256 << 10;

    /** So many events without a word are no silence any more but a form that we do not know. */
    private static final int MAX_EVENTS = 1_000;

    /** What an event is. */
    enum Finding {
        /** It may go on to the client. */
        GOOD,
        /** The host tells a failure. */
        ERROR,
        /** The answer is another model's. */
        WRONG,
        /** It ends an answer that has said nothing. */
        EMPTY_END
    }

    /**
     * An event that was looked at.
     *
     * @param errorText what the host says of its failure, null if nothing
     * @param fault with {@link Finding#WRONG}
     */
    record Seen(
            Finding finding,
            @Nullable String errorText,
            @Nullable Failure fault) {
        private static final Seen GOOD = new Seen(Finding.GOOD, null, null);
    }

    private final AnswerForm form;
    private final AnswerCheck check;
    private Buffer held = Buffer.buffer();
    private int events;
    private boolean said;
    private @Nullable String id;

    Opening(AnswerForm form, AnswerCheck check) {
        this.form = form;
        this.check = check;
    }

    void add(Buffer chunk) {
        held.appendBuffer(chunk);
    }

    /** Takes the next event that is complete; null if there is none. */
    @Nullable
    Buffer next() {
        int end = endOfEvent(held);
        if (end < 0) {
            return null;
        }
        Buffer event = held.getBuffer(0, end);
        held = held.getBuffer(end, held.length());
        return event;
    }

    /** Takes what has come of an event that is not complete. */
    Buffer rest() {
        Buffer rest = held;
        held = Buffer.buffer();
        return rest;
    }

    /** Whether the rest of the stream need not be looked at. */
    boolean isOver() {
        return said || events >= MAX_EVENTS || held.length() > MAX_EVENT;
    }

    /** The id by which a later request can go on from the answer; null if it was not told yet. */
    @Nullable
    String id() {
        return id;
    }

    Seen look(Buffer event) {
        String data = data(event);
        if (data == null) {
            return Seen.GOOD;
        }
        events++;
        if (data.strip().equals("[DONE]")) {
            return said ? Seen.GOOD : new Seen(Finding.EMPTY_END, null, null);
        }
        JsonNode tree = tree(data);
        if (tree == null) {
            said = true;
            return Seen.GOOD;
        }
        if (tree.hasNonNull("error") || form.isFailure(tree)) {
            return new Seen(Finding.ERROR, errorText(tree, form), null);
        }
        Optional<Failure> fault = check.fault(form.model(tree));
        if (fault.isPresent()) {
            return new Seen(Finding.WRONG, null, fault.get());
        }
        JsonNode given = form.about(tree).path("id");
        id = given.isTextual() ? given.textValue() : id;
        said |= form.says(tree);
        return !said && form.isLast(tree) ? new Seen(Finding.EMPTY_END, null, null) : Seen.GOOD;
    }

    /** What an event of the host's says of its failure; null if nothing. */
    static @Nullable String errorText(Buffer event, AnswerForm form) {
        String data = data(event);
        JsonNode tree = data == null ? null : tree(data);
        return tree == null ? null : errorText(tree, form);
    }

    private static @Nullable String errorText(JsonNode event, AnswerForm form) {
        JsonNode error = event.hasNonNull("error")
                ? event.path("error")
                : form.about(event).path("error");
        if (error.isTextual()) {
            return error.textValue();
        }
        String text = error.path("message").textValue();
        return text == null ? event.path("message").textValue() : text;
    }

    private static @Nullable JsonNode tree(String data) {
        try {
            return StrictJson.object(data.getBytes(StandardCharsets.UTF_8));
        } catch (FailureException noObject) {
            return null;
        }
    }

    /** Where the first event ends: after the blank line; -1 if it has not come yet. */
    static int endOfEvent(Buffer held) {
        int newlines = 0;
        boolean content = false;
        for (int at = 0; at < held.length(); at++) {
            byte next = held.getByte(at);
            if (next == '\n') {
                newlines++;
                if (newlines == 2 && content) {
                    return at + 1;
                }
            } else if (next != '\r') {
                newlines = 0;
                content = true;
            }
        }
        return -1;
    }

    /** The data of an event; null if it has none, as a comment. */
    private static @Nullable String data(Buffer event) {
        StringBuilder data = new StringBuilder();
        for (String line : event.toString(StandardCharsets.UTF_8).lines().toList()) {
            if (line.startsWith("data:")) {
                data.append(line.substring("data:".length()).stripLeading()).append('\n');
            }
        }
        return data.isEmpty() ? null : data.toString();
    }
}
