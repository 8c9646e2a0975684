package dev.lmbridge.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.sim.machine.MachineSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A simulator with its servers, and a client for its routes. Loads take 20 ms and answers hardly any time. */
public final class RunningSim {
    /** A model without thoughts. */
    public static final String LLAMA = "llama-3.2-1b-instruct";

    /** A model that thinks before it answers. */
    public static final String THINKER = "deepseek/deepseek-r1-0528-qwen3-8b";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Simulator.Facts facts;

    /** An event of a stream; its name is empty if it has none. */
    public record Event(String name, JsonNode data) {}

    public RunningSim(Path home) throws Exception {
        MachineSettings settings =
                MachineSettings.standard().withLoadTime(Duration.ofMillis(20)).withPace(100_000);
        Simulator simulator = new Simulator(
                0,
                home,
                settings,
                InstantSource.system(),
                machine -> socket -> socket.close().onFailure(error -> {}));
        vertx.deployVerticle(simulator).await(20, SECONDS);
        facts = simulator.facts();
    }

    public URI url() {
        return URI.create(facts.url());
    }

    public HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send("POST", facts.url() + path, body);
    }

    /** The answer is on its way when this returns. */
    public CompletableFuture<HttpResponse<String>> begin(String path, String body) {
        return client.sendAsync(request("POST", facts.url() + path, body), BodyHandlers.ofString(UTF_8));
    }

    public JsonNode control(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(method, facts.control() + path, body);
        if (response.statusCode() >= 300) {
            throw new IOException(response.body());
        }
        return json(response);
    }

    public void fault(String body) throws IOException, InterruptedException {
        control("POST", "/faults", body);
    }

    public void settings(String body) throws IOException, InterruptedException {
        control("POST", "/settings", body);
    }

    public void load(String model) throws IOException, InterruptedException {
        post("/api/v1/models/load", "{\"model\":\"" + model + "\"}");
    }

    public void unload(String identifier) throws IOException, InterruptedException {
        post("/api/v1/models/unload", "{\"instance_id\":\"" + identifier + "\"}");
    }

    /** Requests that the first instance works on, or that wait for it. */
    public int queued() throws IOException, InterruptedException {
        return control("GET", "/state", "")
                .path("instances")
                .path(0)
                .path("queued")
                .asInt(-1);
    }

    /** Asks again and again until so many requests are with the first instance. */
    public void awaitQueued(int wanted) throws IOException, InterruptedException {
        long until = System.nanoTime() + SECONDS.toNanos(20);
        while (queued() != wanted) {
            if (System.nanoTime() > until) {
                throw new AssertionError(wanted + " requests were expected, and there are " + queued());
            }
        }
    }

    public static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** The events of a stream, without {@code [DONE]}. */
    public static List<Event> events(HttpResponse<String> response) throws IOException {
        return events(response.body());
    }

    public static List<Event> events(String body) throws IOException {
        List<Event> events = new ArrayList<>();
        String name = "";
        for (String line : body.lines().toList()) {
            if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
                events.add(new Event(name, JSON.readTree(line.substring(6))));
                name = "";
            }
        }
        return events;
    }

    public void stop() throws Exception {
        client.shutdownNow();
        vertx.close().await(20, SECONDS);
    }

    private HttpResponse<String> send(String method, String address, String body)
            throws IOException, InterruptedException {
        return client.send(request(method, address, body), BodyHandlers.ofString(UTF_8));
    }

    private static HttpRequest request(String method, String address, String body) {
        return HttpRequest.newBuilder(URI.create(address))
                .timeout(Duration.ofSeconds(40))
                .method(method, BodyPublishers.ofString(body))
                .build();
    }
}
