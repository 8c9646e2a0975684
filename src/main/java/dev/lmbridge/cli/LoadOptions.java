package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.settings.DurationText;
import dev.lmbridge.settings.Settings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code ensure} and {@code load} take; their answers are alike too. */
final class LoadOptions {
    /** What a service may take over its own deadlines: to verify, to write, to answer. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    @Parameters(paramLabel = "MODEL", description = "Key of the model, exactly as lm-bridge ls shows it, or an alias.")
    private String model = "";

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "Unload after this long unused: seconds, or a time such as 10m.")
    private @Nullable String ttl;

    @Option(names = "--host", paramLabel = "NAME", description = "The LM Studio machine to use.")
    private @Nullable String host;

    @Option(names = "--context-length", paramLabel = "TOKENS", description = "Context to load the model with.")
    private @Nullable Integer contextLength;

    @ArgGroup
    private @Nullable Stay stay;

    static final class Stay {
        @Option(names = "--keep", description = "Use the long default TTL.")
        private boolean keep;

        @Option(names = "--temporary", description = "Use the short default TTL.")
        private boolean temporary;
    }

    ObjectNode body() throws CommandFailure {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model);
        if (ttl != null) {
            try {
                DurationText.parseSecondsOrText(ttl);
            } catch (IllegalArgumentException malformed) {
                throw new CommandFailure(ExitCode.USAGE, "--ttl takes seconds, or a time such as 10m or 2h.");
            }
            String text = ttl.strip();
            if (text.chars().allMatch(Character::isDigit)) {
                body.put("ttl", Long.parseLong(text));
            } else {
                body.put("ttl", text);
            }
        }
        if (stay != null) {
            body.put("keepLoaded", stay.keep && !stay.temporary);
        }
        if (host != null) {
            body.put("host", host);
        }
        if (contextLength != null) {
            body.put("contextLength", contextLength);
        }
        return body;
    }

    static Duration deadline(Settings settings) {
        return settings.http()
                .deadlines()
                .queue()
                .plus(settings.http().deadlines().load())
                .plus(MARGIN);
    }
}
