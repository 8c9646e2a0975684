package dev.lmbridge.sim.chat.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/** Plausible texts for fields about which the request says nothing. */
final class SampleText {
    private static final List<String> WORDS =
            List.of("amber", "birch", "cobalt", "delta", "ember", "fern", "granite", "harbor", "indigo", "juniper");
    private static final int MOST_TRIES = 40;

    private SampleText() {}

    /** A text within the bounds, in the format and of the pattern; where they contradict each other, something near. */
    static String of(ObjectNode schema, String name, long seed) {
        int least = Math.min(schema.path("minLength").asInt(0), 20_000);
        int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
        String format = schema.path("format").asText("");
        String pattern = schema.path("pattern").asText("");
        if (!pattern.isEmpty()) {
            return matching(pattern, least, most, seed);
        }
        int pick = (int) Math.floorMod(seed, (long) WORDS.size());
        String word = WORDS.get(pick);
        String ready = switch (format) {
            case "date" ->
                LocalDate.of(2025, 1, 1).plusDays(Math.floorMod(seed, 365L)).toString();
            case "date-time" -> LocalDate.of(2025, 1, 1).plusDays(Math.floorMod(seed, 365L)) + "T09:30:00Z";
            case "time" -> "09:30:0" + pick + "Z";
            case "email" -> stretched(word, least - 12, "") + "@example.com";
            case "uri", "url", "uri-reference", "iri" -> stretched("https://example.com/" + word, least, word);
            case "uuid" -> new UUID(0x4000L | (seed & 0xfffL), 0x8000000000000000L | (seed & 0xffffL)).toString();
            case "hostname" -> word + ".example.com";
            case "ipv4" -> "192.0.2." + (pick + 1);
            case "ipv6" -> "2001:db8::" + (pick + 1);
            case "duration" -> "PT" + (pick + 1) + "M";
            default -> null;
        };
        if (ready != null) {
            return ready;
        }
        String free = name.isEmpty() ? word : name + " " + word;
        String longer = stretched(free, least, " " + word);
        if (longer.codePointCount(0, longer.length()) <= most) {
            return longer;
        }
        String shorter = stretched(word, least, word);
        return shorter.substring(0, Math.min(most, shorter.length()));
    }

    private static String stretched(String text, int least, String filling) {
        String unit = filling.isEmpty() ? text : filling;
        StringBuilder result = new StringBuilder(text);
        while (result.codePointCount(0, result.length()) < least) {
            result.append(unit);
        }
        return result.toString();
    }

    private static String matching(String pattern, int least, int most, long seed) {
        String text = PatternSample.of(pattern, 0, seed);
        boolean open = !pattern.endsWith("$") && !pattern.startsWith("^");
        for (int more = 1; more <= MOST_TRIES && text.length() < least; more++) {
            text = PatternSample.of(pattern, more * more, seed);
            if (text.length() > most) {
                for (int less = (more - 1) * (more - 1); less < more * more; less++) {
                    text = PatternSample.of(pattern, less, seed);
                    if (text.length() >= least) {
                        break;
                    }
                }
            }
        }
        return text.length() < least && (open || !pattern.endsWith("$")) ? stretched(text, least, "a") : text;
    }
}
