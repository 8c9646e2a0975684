package dev.lmbridge.sim.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Faults as JSON, in and out. */
final class FaultJson {
    private static final Set<String> FIELDS =
            Set.of("kind", "model", "command", "times", "afterMs", "tokens", "gigabytes", "text");

    private FaultJson() {}

    /**
     * Reads a fault.
     *
     * @throws IllegalArgumentException with a sentence that names the field and what it can be
     */
    static Fault read(JsonNode json) {
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException("There is no field \"" + name + "\"; a fault has "
                        + FIELDS.stream().sorted().collect(Collectors.joining(", ")) + ".");
            }
        }
        String kind = json.path("kind").asText("");
        FaultKind known = FaultKind.ofWireName(kind)
                .orElseThrow(
                        () -> new IllegalArgumentException("\"kind\" is \"" + kind + "\"; it must be one of crash, "
                                + Arrays.stream(FaultKind.values())
                                        .map(FaultKind::wireName)
                                        .collect(Collectors.joining(", "))
                                + "."));
        JsonNode figure = json.path("gigabytes");
        return new Fault(
                0,
                known,
                text(json, "model"),
                text(json, "command"),
                json.has("times") ? (Integer) integer(json, "times", 1, 0) : null,
                Duration.ofMillis(integer(json, "afterMs", 0, 1_000)),
                integer(json, "tokens", 0, 3),
                figure.isNumber() ? (Double) figure.doubleValue() : null,
                text(json, "text"));
    }

    static ObjectNode write(Fault fault) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", fault.id()).put("kind", fault.kind().wireName());
        json.put("model", fault.model()).put("command", fault.command()).put("times", fault.left());
        json.put("afterMs", fault.after().toMillis()).put("tokens", fault.tokens());
        json.put("gigabytes", fault.gigabytes()).put("text", fault.text());
        return json;
    }

    private static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new IllegalArgumentException("\"" + field + "\" must be a text.");
        }
        return value.textValue();
    }

    private static int integer(JsonNode json, String field, int least, int otherwise) {
        JsonNode value = json.path(field);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.canConvertToInt() || value.intValue() < least) {
            throw new IllegalArgumentException("\"" + field + "\" must be a whole number of at least " + least + ".");
        }
        return value.intValue();
    }
}
