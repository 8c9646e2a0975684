package dev.lmbridge.cli;

import dev.lmbridge.settings.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "ensure", description = "Have a model loaded and verified; load it only if it is not.")
final class EnsureCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    EnsureCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = service.settings(environment);
        BridgeClient client = service.connect(settings);
        Answer answer;
        try (LoadWatch _ = LoadWatch.begin(client, environment, service.json())) {
            answer = client.post("/bridge/v1/models/ensure", load.body(), LoadOptions.deadline(settings));
        }
        return Answers.show(
                answer, service.json(), environment, body -> environment.out().println(LoadedText.of(body)));
    }
}
