package dev.lmbridge.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A simulated LM Studio in a child process, for tests: started from {@code lmbridge.dist}, on free ports, with loads of 300 ms and a
 * quick pace unless told otherwise. It ends with {@link #close}, and also when the process of the test does.
 */
public final class SimulatedLmStudio implements AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofSeconds(60);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final JsonNode facts;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SimulatedLmStudio(Process process, JsonNode facts) {
        this.process = process;
        this.facts = facts;
    }

    /** Starts one; later options win over {@code --port 0 --load-time 300ms --pace 500}. */
    public static SimulatedLmStudio start(String... options) {
        String dist = System.getProperty("lmbridge.dist");
        if (dist == null) {
            throw new IllegalStateException("lmbridge.dist is not set: only tests named *IT can start the simulation");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Path.of(dist, "lm-bridge.jar").toString(),
                "dev.lmbridge.sim.SimMain",
                "--json",
                "--exit-with-parent"));
        List<String> wanted = List.of(options);
        addUnless(wanted, command, "--port", "0");
        addUnless(wanted, command, "--load-time", "300ms");
        addUnless(wanted, command, "--pace", "500");
        command.addAll(wanted);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            SimulatedLmStudio studio = new SimulatedLmStudio(process, JSON.readTree(firstLine(process)));
            studio.greet();
            return studio;
        } catch (IOException e) {
            throw new UncheckedIOException("The simulation could not be started", e);
        }
    }

    /** The first answer of a new process is slow, and the genuine {@code lms} gives a server half a second to answer. */
    private void greet() throws IOException {
        URI.create(url() + "/lmstudio-greeting").toURL().openStream().close();
    }

    /** Base address of its HTTP server, such as {@code http://127.0.0.1:40001}. */
    public String url() {
        return facts.path("url").textValue();
    }

    /** The port of {@link #url}. */
    public int port() {
        return URI.create(url()).getPort();
    }

    /** The stand-in {@code lms}. */
    public Path lms() {
        return Path.of(facts.path("lms").textValue());
    }

    /** Base address of its control endpoint. */
    public String control() {
        return facts.path("control").textValue();
    }

    /** Base address of its private API, which is also up while its HTTP server is off. */
    public String privateApi() {
        return facts.path("privateApi").textValue();
    }

    /** The HOME with which a genuine {@code lms} finds it by itself. */
    public Path home() {
        return Path.of(facts.path("home").textValue());
    }

    public long pid() {
        return process.pid();
    }

    /** Switches a fault on, given as JSON such as {@code {"kind":"load-hangs","times":1}}. */
    public void fault(String json) {
        send("POST", "/faults", json);
    }

    /** Switches all faults off. */
    public void noFaults() {
        send("DELETE", "/faults", "");
    }

    /** Expires an instance now. */
    public void expire(String identifier) {
        send(
                "POST",
                "/expire",
                JSON.createObjectNode().put("identifier", identifier).toString());
    }

    /** Changes {@code memoryBytes}, {@code loadTimeMs}, {@code tokensPerSecond} or {@code jit}. */
    public void settings(String json) {
        send("POST", "/settings", json);
    }

    /** {@code instances}, {@code loading}, {@code memory}, {@code inFlight}. */
    public JsonNode state() {
        return send("GET", "/state", "");
    }

    /** {@code lms} (one row for each call) and {@code http} (counts). */
    public JsonNode calls() {
        return send("GET", "/calls", "");
    }

    /** How many calls of this command of {@code lms} there were so far. */
    public long lmsCalls(String command) {
        long count = 0;
        for (JsonNode call : calls().path("lms")) {
            count += call.path("argv").path(0).asText("").equals(command) ? 1 : 0;
        }
        return count;
    }

    /** Whether an instance with this identifier is loaded. */
    public boolean isLoaded(String identifier) {
        for (JsonNode instance : state().path("instances")) {
            if (instance.path("identifier").asText("").equals(identifier)) {
                return true;
            }
        }
        return false;
    }

    /** Kills it without a goodbye, as when the machine fails. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    @Override
    public void close() {
        client.shutdownNow();
        process.destroy();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private JsonNode send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(control() + path))
                .timeout(ANSWER_WITHIN)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() >= 300) {
                throw new IllegalArgumentException(
                        method + " " + path + " was answered " + response.statusCode() + ": " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException("The control endpoint did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the control endpoint answered", e);
        }
    }

    private static void addUnless(List<String> wanted, List<String> command, String option, String value) {
        if (!wanted.contains(option)) {
            command.add(option);
            command.add(value);
        }
    }

    private static String firstLine(Process process) throws IOException {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> {
            try {
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                String read = reader.readLine();
                return read == null ? "" : read;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            String read = line.get(START_WITHIN.toSeconds(), TimeUnit.SECONDS);
            if (read.isEmpty()) {
                throw new IOException("The simulation ended before it was ready");
            }
            return read;
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("The simulation was not ready within " + START_WITHIN, e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the simulation started", e);
        }
    }
}
