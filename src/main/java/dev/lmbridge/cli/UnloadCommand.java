package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "unload", description = "Unload a model, unless it is in use.")
final class UnloadCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "MODEL", description = "Key of the model, or identifier of one instance.")
    private String model = "";

    @Option(names = "--host", paramLabel = "NAME", description = "Only on this LM Studio machine.")
    private @Nullable String host;

    @Option(names = "--force", description = "Unload even if that ends work in progress.")
    private boolean force;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    UnloadCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = service.settings(environment);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model);
        if (host != null) {
            body.put("host", host);
        }
        if (force) {
            body.put("force", true);
        }
        // It may have to wait behind a load.
        Answer answer =
                service.connect(settings).post("/bridge/v1/models/unload", body, LoadOptions.deadline(settings));
        return Answers.show(
                answer,
                service.json(),
                environment,
                answered -> environment.out().println(text(answered)));
    }

    private String text(JsonNode answered) {
        List<String> gone = new ArrayList<>();
        for (JsonNode each : answered.path("unloaded")) {
            gone.add(each.isTextual() ? each.asText() : each.path("identifier").asText("?"));
        }
        if (gone.isEmpty()) {
            gone.add(answered.path("identifier").asText(answered.path("model").asText(model)));
        }
        return HumanText.oneLine("Unloaded " + String.join(", ", gone) + ".");
    }
}
