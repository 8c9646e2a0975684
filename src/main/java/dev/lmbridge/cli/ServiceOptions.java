package dev.lmbridge.cli;

import dev.lmbridge.settings.Settings;
import dev.lmbridge.settings.SettingsException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that asks a running service. */
final class ServiceOptions {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Option(names = "--url", paramLabel = "URL", description = "Address of the service; else it is looked for.")
    private @Nullable String url;

    @Option(names = "--json", description = "Print the answer of the service as it is.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** The settings that the service was presumably started with. */
    Settings settings(Environment environment) throws SettingsException {
        return config.load(environment, Map.of());
    }

    BridgeClient connect(Settings settings) throws CommandFailure {
        return new BridgeClient(ServiceAddress.find(url, settings));
    }
}
