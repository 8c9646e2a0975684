package dev.lmbridge.sim;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.sim.Simulator.Facts;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.ws.PrivateApi;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts the simulated LM Studio as a program of its own. */
@Command(
        name = "sim",
        description = "Runs a simulated LM Studio: its HTTP server, its lms command, and faults on demand.",
        sortOptions = false,
        usageHelpWidth = 130)
public final class SimMain implements Callable<Integer> {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);
    private static final Duration START_WITHIN = Duration.ofSeconds(30);

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "1234",
            description = "HTTP port on 127.0.0.1; 0 = any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Work folder; lms is in its bin (default: a fresh one, removed at the end).")
    private @Nullable Path home;

    @Option(
            names = "--load-time",
            paramLabel = "TIME",
            converter = Quantities.Time.class,
            description = "How long each load takes, such as 300ms (default: 1 to 3 s by size).")
    private @Nullable Duration loadTime;

    @Option(
            names = "--pace",
            paramLabel = "N",
            defaultValue = "60",
            description = "Tokens per second of an answer (default: ${DEFAULT-VALUE}).")
    private double pace;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "16GB",
            converter = Quantities.Size.class,
            description = "Memory for models (default: ${DEFAULT-VALUE}).")
    private long memory;

    @Option(names = "--exit-with-parent", description = "Ends when standard input ends, and not by Ctrl-C.")
    private boolean exitWithParent;

    @Option(names = "--json", description = "Prints one line of JSON when ready: url, lms, control, pid.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private final PrintStream out;

    private SimMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        // Standard output carries the answer alone, whatever the logging is set to.
        PrintStream out = System.out;
        System.setOut(System.err);
        CommandLine line = new CommandLine(SimHelp.complete(CommandSpec.forAnnotatedObject(new SimMain(out))))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((error, command, parsed) -> {
            System.err.println("The simulation could not run: " + error.getMessage());
            return 1;
        });
        int code = line.execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    @Override
    public Integer call() throws Exception {
        checkNumbers();
        if (exitWithParent) {
            TerminalInterrupts.leaveToTheParent();
        }
        Path work = home == null ? Files.createTempDirectory("lm-bridge-sim-") : Files.createDirectories(home);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(vertx, work, end), "shut-down"));
        MachineSettings settings = MachineSettings.standard()
                .withMemory(memory)
                .withLoadTime(loadTime)
                .withPace(pace);
        Simulator simulator = new Simulator(
                port,
                work.toAbsolutePath(),
                settings,
                InstantSource.system(),
                machine -> new PrivateApi(vertx, machine));
        try {
            vertx.deployVerticle(simulator).await(START_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            System.err.println("The simulation could not start on port " + port + ": " + e.getMessage()
                    + ". Another program may use it; --port 0 takes a free one.");
            System.exit(1);
        }
        announce(simulator.facts());
        if (exitWithParent) {
            waitForEndOf(System.in);
            System.exit(0);
        }
        end.await();
        return 0;
    }

    private void checkNumbers() {
        CommandSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("picocli did not fill in the command");
        }
        if (port < 0 || port > 65_535) {
            throw new ParameterException(known.commandLine(), "--port must be from 0 to 65535, not " + port + ".");
        }
        if (!(pace > 0 && pace <= 1_000_000)) {
            throw new ParameterException(
                    known.commandLine(),
                    "--pace must be above 0 and at most 1000000 tokens per second, not " + pace + ".");
        }
    }

    private void announce(Facts facts) {
        if (json) {
            out.println(JsonNodeFactory.instance
                    .objectNode()
                    .put("url", facts.url())
                    .put("lms", facts.lms())
                    .put("control", facts.control())
                    .put("pid", ProcessHandle.current().pid())
                    .put("privateApi", facts.privateApi())
                    .put("home", facts.home()));
        } else {
            out.println(Welcome.text(facts));
        }
        out.flush();
    }

    private static void waitForEndOf(InputStream parent) {
        byte[] discarded = new byte[256];
        try {
            while (parent.read(discarded) >= 0) {
                // Only the end counts.
            }
        } catch (IOException e) {
            // A broken pipe is an end, too.
        }
    }

    private void shutDown(Vertx vertx, Path work, CountDownLatch end) {
        try {
            vertx.close().await(CLOSE_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            System.err.println("The simulation did not close in time: " + e.getMessage());
        }
        if (home == null) {
            WorkFolder.delete(work);
        }
        end.countDown();
    }
}
