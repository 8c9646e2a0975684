package dev.lmbridge.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads every section into its record; each key is asked for here or in a reader called from here, once. */
final class SettingsReader {
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    /** No view of a host may be older than this when a request is sent on. */
    private static final Duration OLDEST_VIEW = Duration.ofSeconds(10);

    private static final int MOST_WAITING = 100_000;
    private static final Pattern AUTHORITY = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");
    private static final Pattern ORIGIN = Pattern.compile("https?://" + AUTHORITY.pattern());

    private final Values values;
    private final NodeReader nodes;
    private final HostsReader hosts;

    SettingsReader(Values values, Map<String, String> env) {
        this.values = values;
        this.nodes = values.nodes();
        this.hosts = new HostsReader(nodes, env);
    }

    Settings read(@Nullable Path file, List<String> notYetActedOn) {
        Path dataDir = values.get("dataDir", this::dataDir);
        HttpSettings http = http();
        HostsSetting listed = values.get("hosts", hosts::read);
        AuthSettings auth = auth(http);
        SimulatorSettings simulator =
                new SimulatorSettings(values.oneOf("simulator.allowed", SimulatorSettings.Allowed.class));
        values.contradiction(
                simulator.allowed() == SimulatorSettings.Allowed.ALWAYS && listed instanceof HostsSetting.Listed,
                "A list of hosts and a simulation that always takes their place exclude each other.",
                "simulator.allowed",
                "hosts");
        return new Settings(
                http,
                dataDir,
                listed,
                new ModelsReader(values).read(),
                loader(),
                new GatewaySettings(
                        values.integer("gateway.queue.capacity", 1, MOST_WAITING), values.truth("gateway.imageUrls")),
                auth,
                simulator,
                logging(dataDir),
                watchdog(),
                agents(),
                mcp(),
                store(),
                new ClusterSettings(values.truth("cluster.enabled")),
                file,
                notYetActedOn);
    }

    private @Nullable Path dataDir(String key, ConfigNode node) {
        if (!nodes.isAuto(node)) {
            return nodes.path(key, node);
        }
        Path home = nodes.home(key, node, ".lm-bridge");
        // Without HOME not even the default can be had; the problem is reported and reading goes on.
        return home == null ? Path.of("/") : home;
    }

    private HttpSettings http() {
        return new HttpSettings(
                values.get("http.host", this::listener),
                values.integer("http.port", 0, 65_535),
                texts("http.allowedHosts", AUTHORITY, "host names with or without a port"),
                texts("http.allowedOrigins", ORIGIN, "origins such as https://chat.example"),
                values.duration("http.heartbeatAfter", TICK, HOUR),
                values.size("http.maxBody", 1L << 10, 1L << 30),
                new HttpSettings.Deadlines(
                        values.duration("http.deadlines.queue", TICK, DAY),
                        values.duration("http.deadlines.load", TICK, DAY),
                        values.duration("http.deadlines.firstToken", TICK, DAY),
                        values.duration("http.deadlines.betweenTokens", TICK, DAY),
                        values.duration("http.deadlines.clientStalled", TICK, DAY),
                        values.duration("http.deadlines.total", TICK, DAY)));
    }

    private @Nullable String listener(String key, ConfigNode node) {
        String expected = "a name or address of this machine, without port";
        String text = nodes.text(key, node, expected);
        if (text != null && !HostName.isUsable(text)) {
            nodes.report(key, node, "Expected " + expected + ".");
            return null;
        }
        return text;
    }

    private AuthSettings auth(HttpSettings http) {
        AuthSettings auth = new AuthSettings(
                values.oneOf("auth.mode", AuthSettings.Mode.class),
                values.oneOf("auth.metrics", AuthSettings.Mode.class));
        String unavailable = "API keys are not available in this version; say open, and let only those reach the "
                + "port who may use it.";
        values.contradiction(auth.mode() == AuthSettings.Mode.KEYS, unavailable, "auth.mode");
        values.contradiction(auth.metrics() == AuthSettings.Mode.KEYS, unavailable, "auth.metrics");
        values.contradiction(
                auth.mode() == AuthSettings.Mode.AUTO && !http.onLoopback(),
                "Other machines could reach this address, and API keys are not available in this version. Listen on "
                        + "127.0.0.1, or set auth.mode to open if everybody who reaches the port may use it.",
                "http.host",
                "auth.mode");
        return auth;
    }

    private LoaderSettings loader() {
        LoaderSettings.Verify verify = new LoaderSettings.Verify(
                values.duration("loader.verify.within", TICK, HOUR),
                values.duration("loader.verify.pollEvery", TICK, HOUR),
                values.duration("loader.verify.freshFor", TICK, OLDEST_VIEW));
        values.contradiction(
                verify.pollEvery().compareTo(verify.within()) > 0,
                "This is longer than loader.verify.within, so nothing would be looked at twice.",
                "loader.verify.pollEvery",
                "loader.verify.within");
        LoaderSettings.Retry retry = new LoaderSettings.Retry(
                values.integer("loader.retry.max", 0, 10),
                values.get("loader.retry.backoff", this::backoff),
                values.get("loader.retry.jitter", nodes::share));
        values.contradiction(
                retry.max() > 0 && retry.backoff().isEmpty(),
                "Expected at least one wait, as loader.retry.max is not 0.",
                "loader.retry.backoff",
                "loader.retry.max");
        LoaderSettings.Breaker breaker = new LoaderSettings.Breaker(
                values.integer("loader.breaker.failures", 1, 1_000),
                values.duration("loader.breaker.recovery", TICK, DAY),
                values.duration("loader.breaker.maxRecovery", TICK, DAY));
        values.contradiction(
                breaker.recovery().compareTo(breaker.maxRecovery()) > 0,
                "This is more than loader.breaker.maxRecovery.",
                "loader.breaker.recovery",
                "loader.breaker.maxRecovery");
        return new LoaderSettings(
                values.duration("loader.loadTimeout", TICK, DAY),
                values.duration("loader.commandTimeout", TICK, HOUR),
                verify,
                values.duration("loader.doubtFor", TICK, HOUR),
                values.integer("loader.queue.capacity", 1, MOST_WAITING),
                retry,
                breaker);
    }

    private WatchdogSettings watchdog() {
        return new WatchdogSettings(
                values.duration("watchdog.observeEvery", TICK, OLDEST_VIEW),
                values.duration("watchdog.idleEvery", TICK, HOUR),
                values.duration("watchdog.cliEvery", SECOND, DAY),
                values.truth("watchdog.heal"));
    }

    private AgentSettings agents() {
        int rounds = values.integer("agents.maxRounds", 1, 1_000_000);
        Duration wallTime = values.duration("agents.wallTime", SECOND, Duration.ofDays(30));
        // Zero stands for auto here, as a reader must not return null for a good value.
        int tokens = values.get(
                "agents.maxTokens",
                (key, node) ->
                        nodes.isAuto(node) ? Integer.valueOf(0) : nodes.integer(key, node, 1, Integer.MAX_VALUE));
        Duration toolTimeout = values.duration("agents.toolTimeout", TICK, DAY);
        long resultLimit = values.size("agents.resultLimit", 1L << 10, 64L << 20);
        List<Path> roots = values.get("agents.roots", this::paths);
        return new AgentSettings(rounds, wallTime, tokens == 0 ? null : tokens, toolTimeout, resultLimit, roots);
    }

    private McpSettings mcp() {
        // A path has no empty form that is also a good value, so it stands for auto.
        Path config = values.get("mcp.config", (key, node) -> nodes.isAuto(node) ? Path.of("") : nodes.path(key, node));
        return new McpSettings(config.isAbsolute() ? config : null, values.truth("mcp.readOnly"));
    }

    private StoreSettings store() {
        String url = values.get("store.url", (key, node) -> {
            String expected = "embedded, or an address such as postgresql://user:password@host/database";
            String text = nodes.text(key, node, expected);
            if (text != null && !text.equals("embedded") && !isDatabase(text)) {
                nodes.report(key, node, "Expected " + expected + ".");
                return null;
            }
            return text;
        });
        return new StoreSettings(url.equals("embedded") ? null : new Secret(url));
    }

    private static boolean isDatabase(String text) {
        try {
            URI uri = URI.create(text);
            return "postgresql".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPath() != null
                    && uri.getPath().matches("/[^/]+");
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private LoggingSettings logging(Path dataDir) {
        return new LoggingSettings(
                values.oneOf("logging.format", LoggingSettings.Format.class),
                values.get(
                        "logging.dir",
                        (key, node) -> nodes.isAuto(node) ? dataDir.resolve("logs") : nodes.path(key, node)),
                values.size("logging.maxFileSize", 1L << 10, 1L << 40),
                values.duration("logging.keep", HOUR, Duration.ofDays(3_650)));
    }

    private List<String> texts(String key, Pattern form, String of) {
        return values.get(key, (name, node) -> {
            List<ConfigNode> items = nodes.list(name, node, of);
            List<String> texts = new ArrayList<>();
            for (ConfigNode item : items == null ? List.<ConfigNode>of() : items) {
                String itemKey = name + "[" + texts.size() + "]";
                String text = nodes.text(itemKey, item, "text: the list holds " + of);
                if (text != null && !form.matcher(text).matches()) {
                    nodes.report(itemKey, item, "This list holds " + of + ".");
                }
                texts.add(text == null ? "" : text);
            }
            return List.copyOf(texts);
        });
    }

    private List<Duration> backoff(String key, ConfigNode node) {
        List<ConfigNode> items = nodes.list(key, node, "durations");
        List<Duration> waits = new ArrayList<>();
        for (ConfigNode item : items == null ? List.<ConfigNode>of() : items) {
            Duration wait = nodes.duration(key, item, Duration.ofMillis(1), HOUR);
            if (wait != null) {
                waits.add(wait);
            }
        }
        return List.copyOf(waits);
    }

    private List<Path> paths(String key, ConfigNode node) {
        List<ConfigNode> items = nodes.list(key, node, "folders");
        List<Path> paths = new ArrayList<>();
        for (ConfigNode item : items == null ? List.<ConfigNode>of() : items) {
            Path path = nodes.path(key, item);
            if (path != null) {
                paths.add(path);
            }
        }
        return List.copyOf(paths);
    }
}
