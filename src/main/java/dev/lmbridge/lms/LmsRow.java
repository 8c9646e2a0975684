package dev.lmbridge.lms;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One element of a list that {@code lms} printed; complaints name the command, the row and the field. */
record LmsRow(String command, int index, JsonNode node) {
    LmsInstance instance() throws LmsOutputException {
        var ttl = milliseconds("ttlMs");
        var used = milliseconds("lastUsedTime");
        return new LmsInstance(
                model(),
                required("identifier"),
                ttl == null ? null : Duration.ofMillis(ttl),
                used == null ? null : Instant.ofEpochMilli(used),
                integerOrZero("contextLength"),
                status(),
                integerOrZero("queued"),
                integer("parallel"));
    }

    LmsModel model() throws LmsOutputException {
        if (!node.isObject()) {
            throw bad("is not an object");
        }
        var bytes = number("sizeBytes");
        return new LmsModel(
                required("type"),
                required("modelKey"),
                text("displayName"),
                text("publisher"),
                text("format"),
                text("architecture"),
                node.path("quantization").path("name").textValue(),
                text("path"),
                text("indexedModelIdentifier"),
                text("deviceIdentifier"),
                bytes == null ? 0 : bytes,
                integerOrZero("maxContextLength"),
                variants(),
                text("selectedVariant"),
                node.path("vision").asBoolean(false),
                node.path("trainedForToolUse").asBoolean(false));
    }

    /** Compared without case and underscores, as tables and older builds print the words differently. */
    private LmsInstance.Status status() {
        var word = text("status");
        return switch (word == null ? "" : word.replace("_", "").toLowerCase(Locale.ROOT)) {
            case "idle" -> LmsInstance.Status.IDLE;
            case "processingprompt" -> LmsInstance.Status.PROCESSING_PROMPT;
            case "generating" -> LmsInstance.Status.GENERATING;
            case "computingembedding" -> LmsInstance.Status.COMPUTING_EMBEDDING;
            default -> LmsInstance.Status.UNKNOWN;
        };
    }

    private List<String> variants() {
        var variants = new ArrayList<String>();
        for (var variant : node.path("variants")) {
            if (variant.isTextual()) {
                variants.add(variant.textValue());
            }
        }
        return variants;
    }

    private String required(String field) throws LmsOutputException {
        var text = text(field);
        if (text == null || text.isEmpty()) {
            throw bad("has no text in its field " + field);
        }
        return text;
    }

    private @Nullable String text(String field) {
        return node.path(field).textValue();
    }

    private int integerOrZero(String field) throws LmsOutputException {
        var integer = integer(field);
        return integer == null ? 0 : integer;
    }

    private @Nullable Integer integer(String field) throws LmsOutputException {
        var number = number(field);
        if (number == null) {
            return null;
        }
        if (number > Integer.MAX_VALUE) {
            throw bad("has a number out of range in its field " + field);
        }
        return number.intValue();
    }

    /** Beyond what {@code Instant} and {@code Duration} take in arithmetic, a time is nonsense. */
    private @Nullable Long milliseconds(String field) throws LmsOutputException {
        var number = number(field);
        if (number != null && number > 1L << 53) {
            throw bad("has a number out of range in its field " + field);
        }
        return number;
    }

    /** JavaScript has one kind of number, so a fraction may appear where it means a whole. */
    private @Nullable Long number(String field) throws LmsOutputException {
        var value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isNumber() || !(value.doubleValue() >= 0) || value.doubleValue() >= 0x1p63) {
            throw bad("has no number of zero or more in its field " + field);
        }
        return value.longValue();
    }

    private LmsOutputException bad(String what) {
        return new LmsOutputException("Row " + (index + 1) + " of " + command + " " + what + ".");
    }
}
