package dev.lmbridge.cli;

import dev.lmbridge.settings.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "serve", description = "Start the service and keep it running.")
final class ServeCommand implements Callable<Integer> {
    private final Environment environment;
    private final Service service;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    ServeCommand(Environment environment, Service service) {
        this.environment = environment;
        this.service = service;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load(environment, listen.flags());
        ConfigOptions.warnOfWhatHasNoEffect(settings, environment);
        return service.serve(settings, environment);
    }
}
