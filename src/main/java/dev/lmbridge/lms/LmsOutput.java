package dev.lmbridge.lms;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what {@code lms} printed. Rows of a newer lms may have more fields, rows of an older one fewer. */
public final class LmsOutput {
    /** The only place where {@code lms load} tells the name the instance got; it has no JSON form (lms 0.3.43). */
    private static final Pattern IDENTIFIER =
            Pattern.compile("use the identifier \"(.+)\"\\.?\\h*$", Pattern.MULTILINE);

    private static final Pattern ESTIMATE = Pattern.compile(
            "^Estimated Total Memory:\\h*([0-9]{1,9}(?:\\.[0-9]{1,9})?)\\h*([KMGT]?i?B|bytes)\\h*$",
            Pattern.MULTILINE | Pattern.CASE_INSENSITIVE);

    private static final Pattern NOT_LOADED =
            Pattern.compile("^Model Not Found\\h*$|^Cannot find a model with the identifier \"", Pattern.MULTILINE);

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private LmsOutput() {}

    /** The rows of {@code lms ps --json}, in the host's order. */
    public static List<LmsInstance> instances(LmsOutcome ps) throws LmsOutputException {
        var instances = new ArrayList<LmsInstance>();
        for (var row : rows("lms ps", ps)) {
            instances.add(row.instance());
        }
        return List.copyOf(instances);
    }

    /** The rows of {@code lms ls --json}, in the host's order. */
    public static List<LmsModel> models(LmsOutcome ls) throws LmsOutputException {
        var models = new ArrayList<LmsModel>();
        for (var row : rows("lms ls", ls)) {
            models.add(row.model());
        }
        return List.copyOf(models);
    }

    /**
     * The identifier that {@code lms load} says the instance got. Independent of how the call ended: builds before 2026-03-18 may
     * hang after a success that they have already printed.
     */
    public static Optional<String> loadedIdentifier(LmsOutcome load) {
        return IDENTIFIER
                .matcher(TerminalText.plain(load.stderr()))
                .results()
                .map(match -> match.group(1))
                .reduce((earlier, later) -> later);
    }

    /**
     * The memory that {@code lms load --estimate-only} names for a load, in bytes; empty if it names none. It says so on stderr, and ends with exit code 0 also when
     * the model would not fit (lms 0.3.43); older ones count in units of 1000.
     */
    public static OptionalLong estimatedBytes(LmsOutcome estimate) {
        var figure = ESTIMATE.matcher(TerminalText.plain(estimate.stderr()));
        return estimate.succeeded() && figure.find()
                ? OptionalLong.of(MemoryText.bytes(figure.group(1), figure.group(2)))
                : OptionalLong.empty();
    }

    /** Whether {@code lms unload} found nothing of that name: it says so with exit code 0 (lms 0.3.43). */
    public static boolean wasNotLoaded(LmsOutcome unload) {
        return unload.succeeded()
                && NOT_LOADED.matcher(TerminalText.plain(unload.stderr())).find();
    }

    private static List<LmsRow> rows(String command, LmsOutcome outcome) throws LmsOutputException {
        if (!outcome.succeeded()) {
            throw new LmsOutputException(command + " did not succeed, so there is no list to read.");
        }
        if (outcome.truncated()) {
            throw new LmsOutputException(command + " printed more than is kept, so its list is not complete.");
        }
        var rows = new ArrayList<LmsRow>();
        for (var node : document(command, outcome.stdout())) {
            rows.add(new LmsRow(command, rows.size(), node));
        }
        return rows;
    }

    private static JsonNode document(String command, String stdout) throws LmsOutputException {
        var whole = array(stdout);
        if (whole != null) {
            return whole;
        }
        // Wrappers and development builds print lines around the document; the list itself is always one line.
        for (var line : stdout.lines().toList().reversed()) {
            var start = line.stripLeading();
            var list = start.startsWith("[") ? array(start) : null;
            if (list != null) {
                return list;
            }
        }
        var shown = TerminalText.oneLine(stdout, 200);
        throw new LmsOutputException(
                command + " printed no JSON list" + (shown.isEmpty() ? "; it printed nothing." : " but: " + shown));
    }

    private static @Nullable JsonNode array(String text) {
        try {
            JsonNode node = JSON.readValue(text);
            return node != null && node.isArray() ? node : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
