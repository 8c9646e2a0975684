package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "ps", description = "Show what is loaded, what uses it and how long it stays.")
final class PsCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    PsCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Answer answer = service.connect(service.settings(environment))
                .get("/bridge/v1/models?state=loaded", LsCommand.DEADLINE);
        return Answers.show(answer, service.json(), environment, this::print);
    }

    private void print(JsonNode body) {
        JsonNode models = body.path("models");
        if (models.isEmpty()) {
            environment.out().println("No model is loaded.");
            return;
        }
        Table table = new Table("IDENTIFIER", "MODEL", "HOST", "STATE", "SIZE", "IN USE", "STAYS");
        for (JsonNode model : models) {
            table.add(
                    model.path("identifier").asText("-"),
                    model.path("model").asText("-"),
                    model.path("host").asText("-"),
                    ModelCells.state(model),
                    ModelCells.size(model),
                    ModelCells.use(model),
                    ModelCells.stays(model, environment.clock().instant()));
        }
        table.print(environment.out());
    }
}
