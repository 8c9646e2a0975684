package dev.lmbridge.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The lines of a journal: a header with its version, then one JSON object for each intent and for each end. */
final class JournalLines {
    static final int VERSION = 1;
    static final String HEADER = "{\"journal\":" + VERSION + "}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private JournalLines() {}

    /**
     * What a file holds.
     *
     * @param open intents without an end, by mark, oldest first
     * @param damage what is wrong with it: the rest of a sentence about it
     */
    record Read(Map<String, Intent> open, Optional<String> damage) {}

    static String begin(Intent intent) {
        ObjectNode line = JSON.createObjectNode();
        line.putObject("begin")
                .put("mark", intent.mark())
                .put("operation", intent.operation())
                .put("model", intent.model())
                .put("identifier", intent.identifier())
                .put("startedAt", intent.startedAt().toString())
                .put("deadline", intent.deadline().toString());
        return line.toString();
    }

    static String end(String mark) {
        return JSON.createObjectNode().put("end", mark).toString();
    }

    /** A last line without its end was being written when the process died: its command has never started, so it does not count. */
    static Read read(byte[] file) {
        String text = new String(file, StandardCharsets.UTF_8);
        if (text.isEmpty()) {
            return new Read(Map.of(), Optional.empty());
        }
        String[] lines = text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1);
        Optional<String> header = checkHeader(lines[0]);
        if (header.isPresent()) {
            return new Read(Map.of(), header);
        }
        Map<String, Intent> open = new LinkedHashMap<>();
        String damage = null;
        for (int number = 1; number < lines.length; number++) {
            if (!lines[number].isEmpty() && !take(lines[number], open) && damage == null) {
                damage = "cannot be understood in line " + (number + 1) + "; the other lines count.";
            }
        }
        return new Read(open, Optional.ofNullable(damage));
    }

    private static Optional<String> checkHeader(String line) {
        try {
            JsonNode version = JSON.readTree(line).path("journal");
            if (version.isInt() && version.intValue() > VERSION) {
                return Optional.of("was written by a newer version of LM Bridge (its format is " + version.intValue()
                        + ", this version knows " + VERSION + ").");
            }
            return version.isInt() && version.intValue() == VERSION
                    ? Optional.empty()
                    : Optional.of("does not begin as a journal does.");
        } catch (JsonProcessingException notJson) {
            return Optional.of("does not begin as a journal does.");
        }
    }

    private static boolean take(String line, Map<String, Intent> open) {
        try {
            JsonNode json = JSON.readTree(line);
            if (json.path("end").isTextual()) {
                open.remove(json.path("end").textValue());
                return true;
            }
            JsonNode begin = json.path("begin");
            Intent intent = new Intent(
                    text(begin, "mark"),
                    text(begin, "operation"),
                    text(begin, "model"),
                    text(begin, "identifier"),
                    Instant.parse(text(begin, "startedAt")),
                    Instant.parse(text(begin, "deadline")));
            open.put(intent.mark(), intent);
            return true;
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException unreadable) {
            return false;
        }
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new IllegalArgumentException(field);
        }
        return value.textValue();
    }
}
