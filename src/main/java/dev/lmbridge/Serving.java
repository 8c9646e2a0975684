package dev.lmbridge;

import dev.lmbridge.cli.Environment;
import dev.lmbridge.cli.Service;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.observe.LogSetup;
import dev.lmbridge.settings.LoggingSettings;
import dev.lmbridge.settings.Settings;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code serve}: from settings to a running node, and from a signal to an orderly end. */
final class Serving implements Service {
    /** Longer than every bounded step of a stop together. */
    private static final long STOP_SECONDS = 75;

    private static final long START_SECONDS = 60;

    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    @Override
    public int serve(Settings settings, Environment environment) throws Exception {
        List<HostFinder.Found> found = new HostFinder(settings, environment.variables()).find();
        DataDirectory data;
        try {
            data = DataDirectory.take(settings.dataDir());
            LogSetup.configure(
                    console(settings.logging(), environment),
                    settings.logging().dir(),
                    settings.logging().maxFileBytes(),
                    settings.logging().keep());
            if (!found.isEmpty()) {
                data.markReal();
            }
        } catch (IOException unusable) {
            environment.err().println("lm-bridge: " + unusable.getMessage());
            return 1;
        }
        boolean simulated = found.isEmpty();
        // The simulator is a JVM of its own: both start at the same time.
        CompletableFuture<@Nullable SimulatorProcess> starting =
                simulated ? startSimulator(data) : CompletableFuture.completedFuture(null);
        Wiring wiring = new Wiring(settings, environment.clock());
        SimulatorProcess simulator = null;
        List<HostFinder.Found> hosts;
        Node node;
        try {
            simulator = starting.get(START_SECONDS, TimeUnit.SECONDS);
            hosts = simulator == null ? found : List.of(simulator.host());
            node = wiring.start(hosts, simulated).await(START_SECONDS, TimeUnit.SECONDS);
        } catch (Exception failed) {
            environment.err().println("lm-bridge: " + explained(settings, failed));
            wiring.close().await(START_SECONDS, TimeUnit.SECONDS);
            close(data, simulator);
            return 1;
        }
        URI url = settings.http().localUrl(node.port());
        try {
            data.announce(url);
        } catch (IOException unusable) {
            environment.err().println("lm-bridge: " + unusable.getMessage());
            node.stop().await(STOP_SECONDS, TimeUnit.SECONDS);
            close(data, simulator);
            return 1;
        }
        CountDownLatch over = stopOnSignal(node, data, simulator);
        LOG.atInfo()
                .addKeyValue("url", url)
                .addKeyValue("hosts", hosts.size())
                .addKeyValue("simulated", simulated)
                .addKeyValue("transport", node.vertx().isNativeTransportEnabled() ? "native" : "jdk")
                .log(simulated ? "listening; models are simulated" : "listening");
        String config = settings.file() == null ? "no file" : settings.file().toString();
        environment
                .out()
                .println(
                        Banner.text(url, node, hosts, config, settings.dataDir().toString()));
        environment.out().flush();
        over.await();
        return 0;
    }

    @Override
    public List<KnownHost> hosts(Settings settings, Environment environment) {
        return new HostFinder(settings, environment.variables())
                .find().stream()
                        .map(found -> new KnownHost(
                                found.name(),
                                url(found.endpoint()),
                                found.endpoint().token(),
                                found.lms(),
                                found.wantsLms(),
                                found.home()))
                        .toList();
    }

    private static URI url(HostEndpoint endpoint) {
        String host = endpoint.host().contains(":") ? "[" + endpoint.host() + "]" : endpoint.host();
        return URI.create((endpoint.tls() ? "https://" : "http://") + host + ":" + endpoint.port());
    }

    private static CompletableFuture<@Nullable SimulatorProcess> startSimulator(DataDirectory data) {
        CompletableFuture<@Nullable SimulatorProcess> starting = new CompletableFuture<>();
        Thread.ofVirtual().name("simulator").start(() -> {
            try {
                starting.complete(SimulatorProcess.start(data.folder().resolve("simulator")));
            } catch (IOException failed) {
                starting.completeExceptionally(failed);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        return starting;
    }

    /**
     * SIGTERM and SIGINT end a JVM with 128 + n, whatever its hooks do. An orderly stop is a success, so the hook itself
     * ends the JVM once everything is closed.
     */
    private static CountDownLatch stopOnSignal(Node node, DataDirectory data, @Nullable SimulatorProcess simulator) {
        CountDownLatch over = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            int code = 0;
                            try {
                                node.stop().await(STOP_SECONDS, TimeUnit.SECONDS);
                            } catch (Exception late) {
                                code = 1;
                                LOG.atError().setCause(late).log("the stop did not finish in time");
                            }
                            close(data, simulator);
                            over.countDown();
                            Runtime.getRuntime().halt(code);
                        },
                        "stop"));
        return over;
    }

    private static void close(DataDirectory data, @Nullable SimulatorProcess simulator) {
        if (simulator != null) {
            simulator.close();
        }
        try {
            data.close();
        } catch (IOException unimportant) {
            LOG.atWarn().setCause(unimportant).log("the data directory could not be tidied");
        }
    }

    private static String explained(Settings settings, Exception failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        if (isTaken(failed) || isTaken(cause)) {
            return "port " + settings.http().port() + " on " + settings.http().host()
                    + " is taken. Stop what listens there, or choose another with --port (0 = any free one).";
        }
        return "the service could not start: " + failed.getMessage();
    }

    /** Epoll says it by the number that Linux has for it. */
    private static boolean isTaken(Throwable failed) {
        return failed instanceof BindException
                || String.valueOf(failed.getMessage()).contains("error(-98)");
    }

    private static LogSetup.Console console(LoggingSettings logging, Environment environment) {
        return switch (logging.format()) {
            case AUTO -> environment.terminal() ? LogSetup.Console.COLOURED : LogSetup.Console.JSON;
            case TEXT -> environment.terminal() ? LogSetup.Console.COLOURED : LogSetup.Console.PLAIN;
            case JSON -> LogSetup.Console.JSON;
        };
    }
}
