package dev.lmbridge.cli;

import dev.lmbridge.settings.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "load", description = "Load a model and verify it.")
final class LoadCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    LoadCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = service.settings(environment);
        BridgeClient client = service.connect(settings);
        Answer answer;
        try (LoadWatch _ = LoadWatch.begin(client, environment, service.json())) {
            answer = client.post("/bridge/v1/models/load", load.body(), LoadOptions.deadline(settings));
        }
        return Answers.show(
                answer, service.json(), environment, body -> environment.out().println(LoadedText.of(body)));
    }
}
