package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** The answer of {@code ensure} and {@code load} as a sentence. */
final class LoadedText {
    private LoadedText() {}

    static String of(JsonNode loaded) {
        StringBuilder text = new StringBuilder(loaded.path("model").asText("?"));
        boolean already = loaded.path("alreadyLoaded").asBoolean(false);
        text.append(already ? " was already loaded on " : " is loaded on ")
                .append(loaded.path("host").asText("?"))
                .append(" as ")
                .append(loaded.path("identifier").asText("?"));
        if (!already && loaded.path("tookMs").isNumber()) {
            text.append(", after ")
                    .append(HumanText.duration(
                            Duration.ofMillis(loaded.path("tookMs").asLong())));
        }
        if (loaded.path("attempts").asInt(1) > 1) {
            text.append(" and ").append(loaded.path("attempts").asInt()).append(" attempts");
        }
        if (loaded.path("ttlSeconds").isNumber()) {
            Duration ttl = Duration.ofSeconds(loaded.path("ttlSeconds").asLong());
            text.append("; it goes after ").append(HumanText.duration(ttl)).append(" unused");
        }
        return HumanText.oneLine(text.append('.').toString());
    }
}
