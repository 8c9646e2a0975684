package dev.lmbridge.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.failure.Failure;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads JSON that somebody sent: no duplicate keys, no deep nesting, nothing after the end. */
public final class StrictJson {
    /** The deepest nesting that is read. */
    public static final int MAX_DEPTH = 1_000;

    private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '(.*)'", Pattern.DOTALL);

    /** For whoever reads tokens, with the same limit of depth. Duplicates are the reader's to find. */
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StrictJson() {}

    /** The object in {@code body}; a failure that says what is wrong with it otherwise. */
    public static ObjectNode object(byte[] body) {
        JsonNode node;
        try {
            node = MAPPER.readTree(body);
        } catch (IOException malformed) {
            throw malformed(malformed).asException();
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Failure.invalid("body", "must be a JSON object.").asException();
    }

    /** What a parser's complaint means to the client. Never shows more of the body than a key. */
    public static Failure malformed(IOException error) {
        if (error instanceof StreamConstraintsException) {
            return Failure.invalid(
                    "body", "is nested deeper than " + MAX_DEPTH + " levels, or has a too long name or number.");
        }
        if (error instanceof JsonParseException parse) {
            Matcher duplicate = DUPLICATE.matcher(parse.getOriginalMessage());
            if (duplicate.find()) {
                return Failure.invalid(duplicate.group(1), "is given twice.");
            }
        }
        if (error instanceof JsonProcessingException json && json.getLocation() != null) {
            return Failure.invalid(
                    "body",
                    "is not valid JSON: line " + json.getLocation().getLineNr() + ", column "
                            + json.getLocation().getColumnNr() + ".");
        }
        return Failure.invalid("body", "is not valid JSON in UTF-8.");
    }
}
