package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "chat",
        description = {
            "Talk to a model in the terminal.",
            "Ctrl-C breaks an answer off, Ctrl-D or /exit leaves. What comes through a pipe is one question, answered once."
        })
final class ChatCommand implements Callable<Integer> {
    private static final int LARGEST_QUESTION = 16 << 20;

    private final Environment environment;

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "Key of the model, as lm-bridge ls shows it, or an alias; else the default model.")
    private @Nullable String model;

    @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told before anything else.")
    private @Nullable String system;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "If it has to be loaded: unload after this long unused.")
    private @Nullable String ttl;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    ChatCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = service.settings(environment);
        BridgeClient client = service.connect(settings);
        ArrayNode history = JsonNodeFactory.instance.arrayNode();
        if (system != null) {
            history.addObject().put("role", "system").put("content", system);
        }
        ChatTalk talk = new ChatTalk(client, environment, service.json(), history, this::question);
        if (environment.terminal() && !service.json()) {
            return talk.untilSomebodyLeaves(model == null ? "the default model" : model);
        }
        return talk.once(piped());
    }

    private ObjectNode question(ArrayNode messages) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (model != null) {
            body.put("model", model);
        }
        if (ttl != null) {
            String text = ttl.strip();
            if (text.matches("\\d{1,9}")) {
                body.put("ttl", Integer.parseInt(text));
            } else {
                body.put("ttl", text);
            }
        }
        body.put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        body.set("messages", messages.deepCopy());
        return body;
    }

    private String piped() throws IOException, CommandFailure {
        InputStream in = environment.in();
        byte[] bytes = in.readNBytes(LARGEST_QUESTION + 1);
        if (bytes.length > LARGEST_QUESTION) {
            throw new CommandFailure(ExitCode.USAGE, "A question has at most 16 MiB.");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "There is no question. For example: echo 'What is 6 times 7?' | lm-bridge chat MODEL");
        }
        return text;
    }
}
