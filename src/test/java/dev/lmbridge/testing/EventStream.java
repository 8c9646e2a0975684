package dev.lmbridge.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer of server-sent events that is read while it comes. */
public final class EventStream implements AutoCloseable {
    /** What ends a complete answer of OpenAI's API. */
    public static final String DONE = "[DONE]";

    private final HttpResponse<InputStream> answer;
    private final BufferedReader reader;
    private int comments;

    EventStream(HttpResponse<InputStream> answer) {
        this.answer = answer;
        reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    public int status() {
        return answer.statusCode();
    }

    public HttpHeaders headers() {
        return answer.headers();
    }

    /** The data of the next event; empty at the end. A body that breaks off is an {@link UncheckedIOException}. */
    public Optional<String> next() {
        for (String line = line(); line != null; line = line()) {
            comments += line.startsWith(":") ? 1 : 0;
            if (line.startsWith("data: ")) {
                return Optional.of(line.substring("data: ".length()));
            }
        }
        return Optional.empty();
    }

    /** How many comments have come so far: the heartbeats of whoever waits. */
    public int comments() {
        return comments;
    }

    /** Reads until the first piece of text has come: from then on the model is at work. */
    public void awaitText() {
        while (true) {
            String data = next().orElseThrow(() -> new AssertionError("The answer ended before it had any text"));
            if (!textOf(data).isEmpty()) {
                return;
            }
        }
    }

    /** The data of every event to come. */
    public List<String> rest() {
        List<String> events = new ArrayList<>();
        for (Optional<String> event = next(); event.isPresent(); event = next()) {
            events.add(event.get());
        }
        return events;
    }

    /** What events of a chat say, put together. */
    public static String textOf(List<String> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(textOf(event)));
        return text.toString();
    }

    /** What a whole answer says, which must have come to its end. */
    public static String textOfBody(String body) {
        List<String> events = body.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
        if (events.isEmpty() || !events.getLast().equals(DONE)) {
            throw new AssertionError("This is no complete answer: " + body);
        }
        return textOf(events);
    }

    private static String textOf(String data) {
        if (data.equals(DONE)) {
            return "";
        }
        JsonNode content =
                RunningBridge.parse(data).path("choices").path(0).path("delta").path("content");
        return content.asText("");
    }

    private @Nullable String line() {
        try {
            return reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves, as a client does that has seen enough. */
    @Override
    public void close() {
        try {
            answer.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
