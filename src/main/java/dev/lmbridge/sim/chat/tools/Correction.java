package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads out of the message of a failed call what to do better. */
final class Correction {
    private static final String NAME = "[\"'`]?([\\w./:@-]*\\w)[\"'`]?";
    private static final Pattern RENAME = Pattern.compile(
            "(?i)(?:unknown|unexpected|invalid|no such|unsupported)\\s+(?:\\w+\\s+)?(?:field|argument|parameter|property|key|name)\\W+"
                    + NAME
                    + ".*?(?:use|try|did you mean|expected|instead:?)\\s+(?:the )?(?:field |argument |parameter )?"
                    + NAME,
            Pattern.DOTALL);
    private static final Pattern OPTIONS = Pattern.compile(
            "(?i)(?:must be|should be|expected|use|choose|allowed(?: values)?(?: are)?:?|valid(?: values)?(?: are)?:?)\\s+(?:one of|either|any of)?[:\\s]*\\[?([^.\\]}\\n]+)");
    private static final Pattern INSTEAD =
            Pattern.compile("(?i)(?:did you mean|do you mean|use|try|perhaps|maybe)\\s+(?:the \\w+ )?" + NAME);
    private static final Pattern AGAIN =
            Pattern.compile("(?i)\\b(retry|try again|again later|temporar\\w*|once more)\\b");
    private static final Pattern MISSING = Pattern.compile(
            "(?i)(?:missing|requires?|required)\\W+(?:required )?(?:field|argument|parameter)?\\W*" + NAME);

    private Correction() {}

    /** Better arguments, the same ones if the message asks to try again, or null if it names no way. */
    static @Nullable ObjectNode of(Offer offer, ObjectNode arguments, Outcome outcome, Step task, Facts facts) {
        String message = outcome.text();
        ObjectNode better = arguments.deepCopy();
        Matcher rename = RENAME.matcher(message);
        if (rename.find() && rename(better, rename.group(1), rename.group(2))) {
            return better;
        }
        if (option(offer, better, message, task) || instead(better, message) || missing(offer, better, message, task)) {
            return better;
        }
        if (AGAIN.matcher(message).find()) {
            return arguments;
        }
        return message.toLowerCase(Locale.ROOT).matches("(?s).*(not found|no such|does not exist).*")
                        && inFolder(better, facts)
                ? better
                : null;
    }

    private static boolean rename(ObjectNode arguments, String wrong, String right) {
        JsonNode value = arguments.get(wrong);
        if (value == null || wrong.equals(right)) {
            return false;
        }
        arguments.remove(wrong);
        arguments.set(right, value);
        return true;
    }

    private static boolean option(Offer offer, ObjectNode arguments, String message, Step task) {
        Matcher options = OPTIONS.matcher(message);
        while (options.find()) {
            List<String> allowed = new ArrayList<>();
            for (String part : options.group(1).split(",|\\bor\\b|\\band\\b|\\|", -1)) {
                String option = part.replaceAll("[\\s\"'`\\\\\\[]+", "");
                if (!option.isEmpty()) {
                    allowed.add(option);
                }
            }
            String field = named(arguments, message.replace(options.group(), " "));
            if (allowed.size() < 2 || allowed.contains(arguments.path(field).asText(""))) {
                continue;
            }
            String best = allowed.getFirst();
            for (String each : allowed) {
                boolean said =
                        task.tokens().stream().anyMatch(token -> token.text().equalsIgnoreCase(each))
                                || each.equalsIgnoreCase(arguments.path(field).asText(""));
                best = said ? each : best;
            }
            if (!field.isEmpty()) {
                arguments.set(field, typed(offer, field, best));
                return true;
            }
        }
        return false;
    }

    /** The field that the message speaks of, by its name or by its value. */
    private static String named(ObjectNode arguments, String message) {
        for (Map.Entry<String, JsonNode> each : arguments.properties()) {
            if (Pattern.compile("\\b" + Pattern.quote(each.getKey()) + "\\b")
                    .matcher(message)
                    .find()) {
                return each.getKey();
            }
        }
        for (Map.Entry<String, JsonNode> each : arguments.properties()) {
            String value = each.getValue().asText("");
            if (!value.isEmpty() && message.contains(value)) {
                return each.getKey();
            }
        }
        return arguments.size() == 1 ? arguments.fieldNames().next() : "";
    }

    private static boolean instead(ObjectNode arguments, String message) {
        Matcher better = INSTEAD.matcher(message);
        while (better.find()) {
            String value = better.group(1);
            for (Map.Entry<String, JsonNode> each : arguments.properties()) {
                String old = each.getValue().asText("");
                boolean named = message.contains(old) && !old.isEmpty();
                boolean sameShape = Lexer.shape(old) == Lexer.shape(value);
                if (!old.equals(value) && each.getValue().isTextual() && (named || sameShape)) {
                    arguments.put(each.getKey(), value);
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean missing(Offer offer, ObjectNode arguments, String message, Step task) {
        Matcher missing = MISSING.matcher(message);
        while (missing.find()) {
            String name = missing.group(1);
            Field field = Arguments.field(offer, name);
            if (arguments.has(name) || name.length() < 2) {
                continue;
            }
            if (field != null) {
                List<JsonNode> hints = new TextHints(task.tokens()).suggest(field.name(), field.schema());
                if (!hints.isEmpty()) {
                    arguments.set(field.name(), hints.getFirst());
                    return true;
                }
            } else if (arguments.size() == 1) {
                return rename(arguments, arguments.fieldNames().next(), name);
            }
        }
        return false;
    }

    /** A name out of a list is tried within the folder that was listed. */
    private static boolean inFolder(ObjectNode arguments, Facts facts) {
        for (Map.Entry<String, JsonNode> each : arguments.properties()) {
            String name = each.getValue().asText("");
            boolean listed = facts.values().stream()
                    .anyMatch(value -> value.origin() == Value.Origin.RESULT
                            && value.text().equals(name));
            if (!listed || name.contains("/")) {
                continue;
            }
            for (Value value : facts.values()) {
                boolean folder = value.origin() == Value.Origin.ARGUMENT
                        && !value.text().contains(" ")
                        && !value.text().equals(name);
                if (folder && !value.text().matches(".*\\.\\w{1,6}")) {
                    arguments.put(each.getKey(), value.text().replaceFirst("/$", "") + "/" + name);
                    return true;
                }
            }
        }
        return false;
    }

    private static JsonNode typed(Offer offer, String name, String value) {
        Field field = Arguments.field(offer, name);
        boolean number = field != null && field.isNumeric() && value.matches("-?\\d{1,9}");
        return number
                ? JsonNodeFactory.instance.numberNode(Integer.parseInt(value))
                : JsonNodeFactory.instance.textNode(value);
    }
}
