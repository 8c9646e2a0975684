package dev.lmbridge;

import dev.lmbridge.cli.CommandLineInterface;
import dev.lmbridge.cli.Environment;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets the service do a little of everything on the simulated LM Studio and stops it: what the JVM records meanwhile becomes
 * its AOT cache. Prints in how many milliseconds after the JVM's start the service was ready.
 *
 * <p>Arguments: an empty folder to work in.
 */
final class Rehearsal {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final String CHAT = """
            {"model": "llama-3.2-1b-instruct", "stream": %s, "max_tokens": 8, "ttl": "5m",
             "messages": [{"role": "user", "content": "Good morning"}]}
            """;

    private final Environment environment;
    private final Path data;
    private final HttpClient client = HttpClient.newHttpClient();

    private Rehearsal(Path folder) {
        data = folder.resolve("data");
        Map<String, String> variables = new HashMap<>();
        variables.put("HOME", folder.toString());
        variables.put("PATH", System.getenv().getOrDefault("PATH", ""));
        variables.put("LM_BRIDGE_DATA_DIR", data.toString());
        variables.put("LM_BRIDGE_SIMULATOR_ALLOWED", "always");
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        environment = new Environment(variables, nowhere, System.err, false, InstantSource.system());
    }

    public static void main(String[] args) throws Exception {
        Rehearsal rehearsal = new Rehearsal(Path.of(args[0]));
        Thread.ofPlatform().daemon().name("rehearsal-serve").start(() -> rehearsal.run("serve", "--port", "0"));
        rehearsal.perform();
        System.exit(0);
    }

    private void run(String... command) {
        int code = CommandLineInterface.run(command, environment, new Serving());
        if (code != 0) {
            System.err.println("lm-bridge: rehearsing " + String.join(" ", command) + " ended with " + code);
            Runtime.getRuntime().halt(1);
        }
    }

    private void perform() throws Exception {
        Path portFile = data.resolve(DataDirectory.PORT_FILE);
        Instant started = ProcessHandle.current().info().startInstant().orElseThrow();
        InstantSource clock = environment.clock();
        while (!Files.exists(portFile)) {
            if (clock.instant().isAfter(started.plus(READY_WITHIN))) {
                throw new IllegalStateException("the service was not ready within " + READY_WITHIN);
            }
            Thread.sleep(POLL);
        }
        long millis = Duration.between(started, clock.instant()).toMillis();
        String url = Files.readString(portFile).replaceAll(".*\"url\":\"([^\"]+)\".*", "$1");
        post(url + "/v1/chat/completions", CHAT.formatted(false));
        post(url + "/v1/chat/completions", CHAT.formatted(true));
        get(url + "/v1/models");
        get(url + "/health/ready");
        get(url + "/metrics");
        get(url + "/bridge/v1/audit");
        get(url + "/no/such/route");
        run("ps");
        run("ls");
        run("ensure", "llama-3.2-1b-instruct");
        run("unload", "llama-3.2-1b-instruct");
        System.out.println(millis);
    }

    private void post(String url, String body) throws Exception {
        send(HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private void get(String url) throws Exception {
        send(HttpRequest.newBuilder(URI.create(url)));
    }

    private void send(HttpRequest.Builder request) throws Exception {
        client.send(request.timeout(READY_WITHIN).build(), HttpResponse.BodyHandlers.ofString());
    }
}
