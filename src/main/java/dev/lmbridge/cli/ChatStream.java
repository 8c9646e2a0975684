package dev.lmbridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One question over {@code /v1/chat/completions}, its answer as it comes. */
final class ChatStream {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int LARGEST_PROBLEM = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI service;
    private final AtomicReference<@Nullable Runnable> breakOff = new AtomicReference<>();
    private volatile boolean cancelled;

    ChatStream(URI service) {
        this.service = service;
    }

    /** Hears an answer while it comes. */
    interface Listener {
        /** The service has begun to answer; the model is there. */
        void begun(boolean simulated);

        void thought(String text);

        void said(String text);
    }

    /** How a question ended. */
    sealed interface Ending {
        /**
         * It came to its end.
         *
         * @param usage what it took, missing if nobody told
         */
        record Answered(String text, JsonNode usage) implements Ending {}

        record Cancelled(String text) implements Ending {}

        /**
         * It did not come.
         *
         * @param problem in the form of a problem document
         */
        record Failed(JsonNode problem) implements Ending {}
    }

    /** Breaks the answer off; from any thread. */
    void cancel() {
        cancelled = true;
        Runnable stop = breakOff.get();
        if (stop != null) {
            stop.run();
        }
    }

    /** Returns when the answer is over, however that came. The service bounds every wait, so none is bounded here. */
    Ending ask(ObjectNode question, Listener listener) throws CommandFailure, InterruptedException {
        StringBuilder text = new StringBuilder();
        HttpRequest request = HttpRequest.newBuilder(URI.create(service + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question.toString(), StandardCharsets.UTF_8))
                .build();
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
        try {
            CompletableFuture<HttpResponse<InputStream>> pending =
                    client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
            breakOff.set(client::shutdownNow);
            if (cancelled) {
                return new Ending.Cancelled("");
            }
            HttpResponse<InputStream> response = pending.get();
            return read(response, text, listener);
        } catch (ExecutionException | IOException broken) {
            if (cancelled) {
                return new Ending.Cancelled(text.toString());
            }
            throw explain(broken instanceof ExecutionException failed ? failed.getCause() : broken);
        } finally {
            breakOff.set(null);
            client.shutdownNow();
        }
    }

    private Ending read(HttpResponse<InputStream> response, StringBuilder text, Listener listener) throws IOException {
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                return new Ending.Failed(
                        problem(parsed(new String(body.readNBytes(LARGEST_PROBLEM), StandardCharsets.UTF_8))));
            }
        }
        listener.begun(response.headers()
                .firstValue("X-LM-Bridge-Simulated")
                .map("true"::equals)
                .orElse(false));
        JsonNode usage = JsonNodeFactory.instance.missingNode();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("data:")) {
                    continue;
                }
                String data = line.substring("data:".length()).strip();
                if (data.equals("[DONE]")) {
                    return new Ending.Answered(text.toString(), usage);
                }
                JsonNode event = parsed(data);
                if (event.has("error")) {
                    return new Ending.Failed(problem(event));
                }
                usage = event.path("usage").isObject() ? event.path("usage") : usage;
                JsonNode delta = event.path("choices").path(0).path("delta");
                String thought = delta.path("reasoning_content")
                        .asText(delta.path("reasoning").asText(""));
                if (!thought.isEmpty()) {
                    listener.thought(thought);
                }
                String said = delta.path("content").asText("");
                if (!said.isEmpty()) {
                    text.append(said);
                    listener.said(said);
                }
            }
        }
        return cancelled
                ? new Ending.Cancelled(text.toString())
                : new Ending.Failed(
                        JsonNodeFactory.instance.objectNode().put("detail", "The answer broke off before its end."));
    }

    private static JsonNode parsed(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node == null ? JsonNodeFactory.instance.objectNode() : node;
        } catch (JsonProcessingException malformed) {
            return JsonNodeFactory.instance.objectNode();
        }
    }

    /** OpenAI's envelope as a problem document, so that every command tells failures alike. */
    private static JsonNode problem(JsonNode envelope) {
        JsonNode error = envelope.path("error");
        ObjectNode problem = JsonNodeFactory.instance.objectNode();
        problem.put("detail", error.path("message").asText("The service gave no answer, and no reason."));
        problem.put("code", error.path("code").asText(""));
        problem.set("errors", error.path("errors"));
        problem.set("available", error.path("available"));
        problem.put("retryAfterSeconds", error.path("retry_after").asLong(0));
        problem.put("requestId", error.path("request_id").asText(""));
        return problem;
    }

    private CommandFailure explain(@Nullable Throwable broken) {
        return switch (broken) {
            case ConnectException refused -> BridgeClient.notRunning(service);
            case HttpConnectTimeoutException silent -> BridgeClient.notRunning(service);
            case null, default ->
                new CommandFailure(
                        ExitCode.FAILED,
                        "The connection to LM Bridge at " + service + " broke: "
                                + HumanText.oneLine(String.valueOf(broken)));
        };
    }
}
