package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One row of {@code /bridge/v1/models}, cell by cell. */
final class ModelCells {
    private static final String NOTHING = "-";

    private ModelCells() {}

    static String state(JsonNode model) {
        List<String> marks = new ArrayList<>();
        for (String mark : new String[] {"foreign", "simulated"}) {
            if (model.path(mark).asBoolean(false)) {
                marks.add(mark);
            }
        }
        String state = model.path("state").asText(NOTHING);
        return marks.isEmpty() ? state : state + " (" + String.join(", ", marks) + ")";
    }

    static String size(JsonNode model) {
        return model.path("sizeBytes").isNumber()
                ? HumanText.size(model.path("sizeBytes").asLong())
                : NOTHING;
    }

    static String use(JsonNode model) {
        List<String> uses = new ArrayList<>();
        count(uses, model.path("inFlight"), "running");
        count(uses, model.path("queued"), "waiting");
        count(uses, model.path("leases"), "leased");
        return uses.isEmpty() ? NOTHING : String.join(", ", uses);
    }

    private static void count(List<String> uses, JsonNode node, String what) {
        int number = node.isArray() ? node.size() : node.asInt(0);
        if (number > 0) {
            uses.add(number + " " + what);
        }
    }

    static String stays(JsonNode model, Instant now) {
        if (model.path("pinned").asBoolean(false)) {
            return "pinned";
        }
        if (model.path("expiresAt").isTextual()) {
            try {
                Duration left = Duration.between(
                        now, Instant.parse(model.path("expiresAt").asText()));
                return left.compareTo(Duration.ofSeconds(1)) < 0
                        ? "ending"
                        : HumanText.duration(Duration.ofSeconds(left.toSeconds())) + " left";
            } catch (DateTimeException unreadable) {
                return NOTHING;
            }
        }
        return model.path("ttlSeconds").isNumber()
                ? HumanText.duration(Duration.ofSeconds(model.path("ttlSeconds").asLong())) + " unused"
                : NOTHING;
    }
}
