package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "ls", description = "List the models that there are, loaded or not.")
final class LsCommand implements Callable<Integer> {
    /** The service answers this from what it knows; it does not wait for a host. */
    static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Environment environment;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    LsCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Answer answer = service.connect(service.settings(environment)).get("/bridge/v1/models", DEADLINE);
        return Answers.show(answer, service.json(), environment, this::print);
    }

    private void print(JsonNode body) {
        JsonNode models = body.path("models");
        if (models.isEmpty()) {
            environment.out().println("There are no models.");
            return;
        }
        Table table = new Table("MODEL", "STATE", "HOST", "SIZE");
        for (JsonNode model : models) {
            table.add(
                    model.path("model").asText("-"),
                    ModelCells.state(model),
                    model.path("host").asText("-"),
                    ModelCells.size(model));
        }
        table.print(environment.out());
    }
}
