package dev.lmbridge.sim.logs;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** An entry for a person, as {@code lms log stream} prints it without {@code --json}. */
public final class LogText {
    /** The form of Node's {@code toLocaleString} in American English, which is what a machine without a locale shows. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("M/d/yyyy, h:mm:ss a", Locale.US);

    private LogText() {}

    /** Complete lines. */
    public static String of(Instant time, LogEntry entry, ZoneId zone, boolean withStats) {
        return switch (entry) {
            case LogEntry.ServerLine server -> server.content() + "\n";
            case LogEntry.EngineLine runtime -> runtime(runtime);
            case LogEntry.Input input ->
                head(time, zone, "llm.prediction.input", input.modelIdentifier()) + "modelPath: " + input.modelPath()
                        + "\ninput:\n" + input.input() + "\n\n\n";
            case LogEntry.Output output ->
                head(time, zone, "llm.prediction.output", output.modelIdentifier()) + "output:\n" + output.output()
                        + "\n" + (withStats ? stats(output.stats()) : "") + "\n\n";
        };
    }

    private static String head(Instant time, ZoneId zone, String type, String identifier) {
        return "timestamp: " + TIME.format(time.atZone(zone)) + "\ntype: " + type + "\nmodelIdentifier: " + identifier
                + "\n";
    }

    private static String runtime(LogEntry.EngineLine runtime) {
        return "[" + runtime.level().name() + "] " + LogJson.ENGINE_NAME + "@" + LogJson.ENGINE_VERSION + " ("
                + LogJson.ENGINE_TYPE + ")"
                + (runtime.modelIdentifier() == null ? "" : " " + runtime.modelIdentifier()) + " " + runtime.message()
                + "\n";
    }

    private static String stats(LogEntry.Stats stats) {
        StringBuilder lines = new StringBuilder();
        LogJson.stats(stats)
                .properties()
                .forEach(field -> lines.append(field.getKey())
                        .append(": ")
                        .append(number(field.getValue()))
                        .append('\n'));
        return lines.toString();
    }

    /** JavaScript writes 2.0 as 2. */
    private static String number(JsonNode value) {
        double number = value.asDouble();
        return value.isTextual()
                ? value.textValue()
                : number == Math.rint(number) ? Long.toString((long) number) : value.asText();
    }
}
