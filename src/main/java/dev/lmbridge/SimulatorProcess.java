package dev.lmbridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.settings.HostSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The simulated LM Studio as a process of its own, as a real one would be. It ends when this process does, however that
 * happens: it watches its standard input.
 */
final class SimulatorProcess implements AutoCloseable {
    /** Further options for its JVM, one a line; the launcher names its AOT cache so. */
    private static final String OPTIONS = "lmbridge.simulatorOptions";

    private static final Duration START_WITHIN = Duration.ofSeconds(30);
    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    private final Process process;
    private final JsonNode facts;

    private SimulatorProcess(Process process, JsonNode facts) {
        this.process = process;
        this.facts = facts;
    }

    /** Starts it and waits until it serves. */
    static SimulatorProcess start(Path home) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(home))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.ofVirtual().name("simulator-start").start(() -> readLine(process, line));
        try {
            JsonNode facts = new ObjectMapper().readTree(line.get(START_WITHIN.toSeconds(), TimeUnit.SECONDS));
            return new SimulatorProcess(process, facts);
        } catch (ExecutionException | TimeoutException | IOException failed) {
            process.destroyForcibly();
            throw new IOException("The simulated LM Studio did not start.", failed);
        }
    }

    private static void readLine(Process process, CompletableFuture<String> line) {
        try (BufferedReader out = process.inputReader()) {
            String read = out.readLine();
            // The JVM itself may have something to say before.
            while (read != null && !read.startsWith("{")) {
                read = out.readLine();
            }
            if (read == null) {
                line.completeExceptionally(new IOException("it ended with exit code " + process.waitFor()));
            } else {
                line.complete(read);
            }
        } catch (IOException failed) {
            line.completeExceptionally(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same Java, the same classes; named by text, since no class of the bridge knows one of the simulator. */
    private static List<String> command(Path home) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Xmx256m");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        System.getProperty(OPTIONS, "").lines().forEach(command::add);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.lmbridge.sim.SimMain");
        command.addAll(List.of("--port", "0", "--home", home.toString(), "--exit-with-parent", "--json"));
        return command;
    }

    HostFinder.Found host() {
        URI url = URI.create(facts.path("url").asText());
        return new HostFinder.Found(
                "simulated",
                new HostEndpoint(url.getHost(), url.getPort(), false, null),
                Path.of(facts.path("lms").asText()),
                null,
                new HostSettings.Memory(null, 0));
    }

    String control() {
        return facts.path("control").asText();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
