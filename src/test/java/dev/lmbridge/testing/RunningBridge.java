package dev.lmbridge.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The service as users have it: the built jar in a process of its own, on a free port, with a scratch HOME and data
 * directory and nothing else in its environment. {@link #close} ends it however it is.
 */
public final class RunningBridge implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
    private static final Duration END_WITHIN = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What tests of other things give models, so that they do not depend on the machine. */
    private static final String AMPLE = "1TiB";

    private final Setup setup;
    private final Process process;
    private final Path out;
    private final Path err;
    private final URI url;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningBridge(Setup setup, Process process, Path out, Path err) {
        this.setup = setup;
        this.process = process;
        this.out = out;
        this.err = err;
        Waiting.until("the service listens", Duration.ofSeconds(60), () -> hasSaidAll() || hasEnded());
        if (hasEnded()) {
            throw new AssertionError("The service ended with " + process.exitValue() + ": " + out() + err());
        }
        url = URI.create(parse(text(setup.portFile())).path("url").textValue());
    }

    /** A service to be started in {@code folder}, which holds its HOME and its data directory. */
    public static Setup in(Path folder) {
        return new Setup(folder, Map.of());
    }

    /** Where, and with which environment, a service is started. */
    public record Setup(Path folder, Map<String, String> environment) {
        public Setup with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(environment);
            more.put(name, value);
            return new Setup(folder, more);
        }

        /** With a simulated machine as the configured host {@code local}. */
        public Setup with(SimulatedLmStudio machine) {
            return withHost(machine.url(), machine.lms(), home());
        }

        /** With a host {@code local} that has memory for all; {@code lmsHome} is the HOME that {@code lms} gets. */
        public Setup withHost(String url, Path lms, Path lmsHome) {
            return withHost(url, lms, lmsHome, AMPLE);
        }

        /** With a simulated machine as the configured host {@code local}, whose models may take so much. */
        public Setup with(SimulatedLmStudio machine, String budget) {
            return withHost(machine.url(), machine.lms(), home(), budget);
        }

        private Setup withHost(String url, Path lms, Path lmsHome, String budget) {
            return with(
                    "LM_BRIDGE_HOSTS",
                    JSON.createArrayNode()
                            .add(JSON.createObjectNode()
                                    .put("name", "local")
                                    .put("url", url)
                                    .put("lms", lms.toString())
                                    .put("home", lmsHome.toString())
                                    .set(
                                            "memory",
                                            JSON.createObjectNode()
                                                    .put("budget", budget)
                                                    .put("reserve", "0MiB")))
                            .toString());
        }

        public Path home() {
            return folder.resolve("home");
        }

        public Path dataDir() {
            return folder.resolve("data");
        }

        public Path portFile() {
            return dataDir().resolve("lm-bridge.port");
        }

        public RunningBridge start() {
            try {
                Path out = Files.createTempFile(Files.createDirectories(folder), "serve", ".out");
                Path err = Files.createTempFile(folder, "serve", ".err");
                Files.createDirectories(home());
                ProcessBuilder builder = new ProcessBuilder(command("serve", "--port", "0"))
                        .directory(folder.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment().clear();
                builder.environment().putAll(variables());
                Process process = builder.start();
                try {
                    return new RunningBridge(this, process, out, err);
                } catch (AssertionError | RuntimeException failed) {
                    process.destroyForcibly();
                    throw failed;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("The service could not be started", e);
            }
        }

        /** Runs another command of the program to its end, with the same environment and data directory. */
        public Programs.Result run(String... arguments) {
            return Programs.run(folder, variables(), command(arguments));
        }

        private Map<String, String> variables() {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("HOME", home().toString());
            all.put("PATH", Programs.pathWithoutLms());
            all.put("LM_BRIDGE_DATA_DIR", dataDir().toString());
            all.putAll(environment);
            return all;
        }

        private static List<String> command(String... arguments) {
            String dist = System.getProperty("lmbridge.dist");
            if (dist == null) {
                throw new IllegalStateException("lmbridge.dist is not set: only tests named *IT can start the service");
            }
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-jar",
                    Path.of(dist, "lm-bridge.jar").toString()));
            command.addAll(List.of(arguments));
            return command;
        }
    }

    public Setup setup() {
        return setup;
    }

    public URI url() {
        return url;
    }

    public long pid() {
        return process.pid();
    }

    /** What it has printed so far. */
    public String out() {
        return text(out);
    }

    /** What it has logged so far. */
    public String err() {
        return text(err);
    }

    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(url.resolve(path)));
    }

    public HttpResponse<String> post(String path, String json) {
        return send(posting(path, json));
    }

    public CompletableFuture<HttpResponse<String>> postAsync(String path, String json) {
        return client.sendAsync(posting(path, json).timeout(ANSWER_WITHIN).build(), BodyHandlers.ofString());
    }

    /** Sends a request that the caller builds further, such as with another content type. */
    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(ANSWER_WITHIN).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Posts, and gives the answer while it is still coming. */
    public EventStream stream(String path, String json) {
        try {
            HttpResponse<InputStream> answer =
                    client.send(posting(path, json).timeout(ANSWER_WITHIN).build(), BodyHandlers.ofInputStream());
            return new EventStream(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    public HttpRequest.Builder posting(String path, String json) {
        return HttpRequest.newBuilder(url.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json, StandardCharsets.UTF_8));
    }

    /** The value of one series of {@code /metrics}, its labels as written there; 0 if there is none. */
    public double metric(String series) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Unloads whatever is loaded, in use or not. */
    public void unloadAll() {
        for (JsonNode row : parse(get("/bridge/v1/models?state=loaded").body()).path("models")) {
            post(
                    "/bridge/v1/models/unload",
                    JSON.createObjectNode()
                            .put("model", row.path("identifier").textValue())
                            .put("force", true)
                            .toString());
        }
    }

    /** The processes that it has started and that still run. */
    public Stream<ProcessHandle> children() {
        return process.descendants();
    }

    /** Asks it to stop, as a service manager does. */
    public void sigterm() {
        process.destroy();
    }

    /** Kills it without a goodbye and waits until it is gone. */
    public void kill9() {
        process.destroyForcibly();
        exitCode();
    }

    /** Waits for its end. */
    public int exitCode() {
        try {
            if (!process.waitFor(END_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("The service did not end: " + err());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        List<ProcessHandle> children = children().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        exitCode();
    }

    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("This is not JSON: " + json, e);
        }
    }

    /** A killed predecessor may have left its port file. */
    private boolean hasSaidAll() {
        return Files.exists(setup.portFile())
                && parse(text(setup.portFile())).path("pid").asLong() == process.pid()
                && out().contains("Ctrl-C");
    }

    private boolean hasEnded() {
        return !process.isAlive();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Interrupted while the service answered", e);
    }
}
