package dev.lmbridge.cli;

import dev.lmbridge.settings.Problem;
import dev.lmbridge.settings.Settings;
import dev.lmbridge.settings.SettingsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which every command finds its settings. */
final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file; else LM_BRIDGE_CONFIG names it.")
    @Nullable
    Path config;

    @Option(names = "--data-dir", paramLabel = "FOLDER", description = "Sets dataDir.")
    @Nullable
    Path dataDir;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one key of the configuration, such as loader.loadTimeout=90s. May be repeated.")
    Map<String, String> set = new LinkedHashMap<>();

    /** Settings with this command line on top; an option of its own name is stronger than {@code --set}. */
    Settings load(Environment environment, Map<String, String> further) throws SettingsException {
        Map<String, String> flags = new LinkedHashMap<>(set);
        if (dataDir != null) {
            // A path on a command line is meant from where the command was typed.
            flags.put("dataDir", dataDir.toAbsolutePath().normalize().toString());
        }
        flags.putAll(further);
        return Settings.load(config, environment.variables(), flags);
    }

    static void print(SettingsException refused, Environment environment) {
        int count = refused.problems().size();
        environment.err().println("The configuration has " + (count == 1 ? "a problem:" : count + " problems:"));
        for (Problem problem : refused.problems()) {
            environment.err().println("  " + HumanText.oneLine(problem.toString()));
        }
    }

    static void warnOfWhatHasNoEffect(Settings settings, Environment environment) {
        settings.notYetActedOn().forEach(key -> environment.warn(key + " has no effect in this version."));
    }
}
