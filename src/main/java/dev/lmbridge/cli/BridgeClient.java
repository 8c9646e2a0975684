package dev.lmbridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.settings.DurationText;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the running service over its HTTP API; one request per command, each with a deadline for the whole answer. */
final class BridgeClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final long LARGEST_ANSWER = 64L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI service;

    BridgeClient(URI service) {
        this.service = service;
    }

    URI service() {
        return service;
    }

    Answer get(String path, Duration deadline) throws CommandFailure, InterruptedException {
        return send(request(path).GET().build(), deadline);
    }

    Answer post(String path, ObjectNode body, Duration deadline) throws CommandFailure, InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
                .build();
        return send(request, deadline);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(service + path))
                .header("Accept", "application/json, application/problem+json");
    }

    private Answer send(HttpRequest request, Duration deadline) throws CommandFailure, InterruptedException {
        // The client's own request time-out ends with the headers; this one covers the body too.
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .build()) {
            CompletableFuture<HttpResponse<String>> pending = client.sendAsync(
                    request,
                    HttpResponse.BodyHandlers.limiting(
                            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST_ANSWER));
            try {
                return answer(pending.get(deadline.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException late) {
                client.shutdownNow();
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "LM Bridge at " + service + " did not answer within " + DurationText.format(deadline) + ".");
            } catch (ExecutionException failed) {
                throw explain(failed);
            } finally {
                // Closing waits for what is under way; nothing is by now, unless we were interrupted.
                client.shutdownNow();
            }
        }
    }

    private CommandFailure explain(ExecutionException failed) {
        return switch (failed.getCause()) {
            case ConnectException refused -> notRunning(service);
            case HttpConnectTimeoutException silent -> notRunning(service);
            case null, default ->
                new CommandFailure(
                        ExitCode.FAILED,
                        "The connection to LM Bridge at " + service + " broke: "
                                + HumanText.oneLine(String.valueOf(failed.getCause())));
        };
    }

    static CommandFailure notRunning(URI service) {
        return new CommandFailure(
                ExitCode.NOT_RUNNING,
                "LM Bridge is not running: nothing answers at " + service + ". Start it with: lm-bridge serve");
    }

    private Answer answer(HttpResponse<String> response) throws CommandFailure {
        try {
            JsonNode json = JSON.readTree(response.body());
            if (json != null && json.isObject()) {
                boolean simulated = response.headers()
                        .firstValue("X-LM-Bridge-Simulated")
                        .map("true"::equals)
                        .orElse(false);
                return new Answer(response.statusCode(), response.body(), json, simulated);
            }
        } catch (JsonProcessingException malformed) {
            // Said below: what answers is not us.
        }
        throw new CommandFailure(
                ExitCode.FAILED,
                "What answers at " + service + " is not LM Bridge (status " + response.statusCode()
                        + ", no JSON object). Is another program using its port?");
    }
}
