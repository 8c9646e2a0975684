package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.settings.Problem;
import dev.lmbridge.settings.Settings;
import dev.lmbridge.settings.SettingsException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "check", description = "Check the configuration and tell every problem.")
final class CheckCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    CheckCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws SettingsException {
        try {
            Settings settings = config.load(environment, listen.flags());
            if (json) {
                printJson(
                        settings.file() == null ? null : settings.file().toString(),
                        List.of(),
                        settings.notYetActedOn());
            } else {
                ConfigOptions.warnOfWhatHasNoEffect(settings, environment);
                environment
                        .out()
                        .println("The configuration is good ("
                                + (settings.file() == null ? "defaults, no file" : settings.file()) + ").");
            }
            return ExitCode.OK;
        } catch (SettingsException refused) {
            if (!json) {
                throw refused;
            }
            printJson(config.config == null ? null : config.config.toString(), refused.problems(), List.of());
            return ExitCode.FAILED;
        }
    }

    private void printJson(@Nullable String file, List<Problem> problems, List<String> withoutEffect) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("ok", problems.isEmpty()).put("file", file);
        ArrayNode list = root.putArray("problems");
        for (Problem problem : problems) {
            list.addObject()
                    .put("key", problem.key())
                    .put("origin", problem.origin())
                    .put("value", problem.value())
                    .put("message", problem.message());
        }
        ArrayNode ignored = root.putArray("notYetActedOn");
        withoutEffect.forEach(ignored::add);
        environment.out().println(root.toPrettyString());
    }
}
