package dev.lmbridge.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, complete and checked.
 *
 * @param dataDir absolute folder for everything that is written
 * @param file the configuration file that was read; absent if there was none
 * @param notYetActedOn keys that were set to something although this version does nothing with them, to be warned about
 */
public record Settings(
        HttpSettings http,
        Path dataDir,
        HostsSetting hosts,
        ModelSettings models,
        LoaderSettings loader,
        GatewaySettings gateway,
        AuthSettings auth,
        SimulatorSettings simulator,
        LoggingSettings logging,
        WatchdogSettings watchdog,
        AgentSettings agents,
        McpSettings mcp,
        StoreSettings store,
        ClusterSettings cluster,
        @Nullable Path file,
        List<String> notYetActedOn) {

    /**
     * Lays file, environment and flags over the defaults, in this order, and checks the result.
     *
     * @param config the file that the command line named; if absent, {@code LM_BRIDGE_CONFIG} may name one
     * @param env the environment; nothing else of it is looked at
     * @param flags by path, such as {@code http.port}; values as in an environment variable
     * @throws SettingsException with every problem there is
     */
    public static Settings load(@Nullable Path config, Map<String, String> env, Map<String, String> flags)
            throws SettingsException {
        List<Problem> problems = new ArrayList<>();
        Layers layers = new Layers(problems::add);
        Path file = config;
        String namedBy = "--config";
        String variable = env.getOrDefault("LM_BRIDGE_CONFIG", "");
        if (file == null && !variable.isBlank()) {
            file = Path.of(variable.strip());
            namedBy = "LM_BRIDGE_CONFIG";
        }
        if (file != null) {
            layers.file(ConfigFile.read(file, namedBy, problems::add));
        }
        String model = env.getOrDefault("DEFAULT_MODEL", "");
        if (!model.isBlank()) {
            layers.text("models.default", model, "DEFAULT_MODEL");
        }
        layers.environment(env);
        layers.flags(flags);
        Settings settings = new SettingsReader(new Values(layers, env, problems), env).read(file, NotYet.among(layers));
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings;
    }
}
