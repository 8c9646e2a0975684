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

/** A whole simulator in this process, and a client to talk to it. */
public final class RunningSimulator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Simulator.Facts facts;

    /** One event of a stream: its name (empty for none) and its data. */
    public record Event(String name, JsonNode data) {}

    public RunningSimulator(Path home, MachineSettings settings) throws Exception {
        Simulator simulator =
                new Simulator(0, home, settings, InstantSource.system(), machine -> socket -> socket.close());
        vertx.deployVerticle(simulator).await(20, SECONDS);
        facts = simulator.facts();
    }

    /** Loads of 20 ms, and tokens as fast as they come. */
    public static MachineSettings quick() {
        return MachineSettings.standard().withLoadTime(Duration.ofMillis(20)).withPace(100_000);
    }

    public URI uri(String path) {
        return URI.create(facts.url() + path);
    }

    public HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers);
    }

    public HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send("POST", path, body, headers);
    }

    public HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString(body)), headers);
    }

    /** Asks the control endpoint. */
    public JsonNode control(String method, String path, String body) throws Exception {
        return json(send(HttpRequest.newBuilder(URI.create(facts.control() + path))
                .method(method, BodyPublishers.ofString(body))));
    }

    public static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** The events of a stream that has ended; {@code [DONE]} is left out. */
    public static List<Event> events(HttpResponse<String> response) throws IOException {
        List<Event> events = new ArrayList<>();
        String name = "";
        for (String line : response.body().lines().toList()) {
            if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: {")) {
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

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws Exception {
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString(UTF_8));
    }
}
