package dev.lmbridge.sim;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happens to a simulated LM Studio between the calls of {@code lms} that are compared. */
final class Scene implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SimulatedLmStudio studio;
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable InputStream answer;

    Scene(SimulatedLmStudio studio) {
        this.studio = studio;
    }

    void fault(String json) {
        studio.fault(json);
    }

    /** The instance begins an answer that does not end by itself: its second token would come in ten minutes. */
    void beginAnswer(String identifier) {
        studio.fault("{\"kind\":\"slow-tokens\",\"afterMs\":600000,\"times\":1}");
        answer = chat(identifier, true);
        await(identifier, "generating");
    }

    /** Its client goes away, which ends the answer. */
    void endAnswer(String identifier) {
        if (answer != null) {
            close(answer);
        }
        await(identifier, "idle");
    }

    /** The instance gives a short answer. */
    void use(String identifier) {
        close(chat(identifier, false));
        await(identifier, "idle");
    }

    private InputStream chat(String identifier, boolean stream) {
        String body = "{\"model\":\"" + identifier + "\",\"stream\":" + stream
                + ",\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(studio.url() + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return client.send(request, BodyHandlers.ofInputStream()).body();
        } catch (IOException e) {
            throw new AssertionError("the chat failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void await(String identifier, String status) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            for (JsonNode instance : studio.state().path("instances")) {
                if (instance.path("identifier").asText("").equals(identifier)
                        && instance.path("status").asText("").equals(status)) {
                    return;
                }
            }
        }
        throw new AssertionError(identifier + " is not " + status + ": " + studio.state());
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
