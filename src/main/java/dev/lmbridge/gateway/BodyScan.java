package dev.lmbridge.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the top level of a JSON body says, and where. The body is read once, without a tree; what is not
 * looked at stays as it was sent, byte for byte.
 */
public final class BodyScan {
    /** Bytes of the body from {@code start} (inclusive) to {@code end} (exclusive). */
    private record Span(int start, int end) {}

    private final byte[] body;
    private int openBrace;
    private boolean empty = true;

    private @Nullable String model;
    private @Nullable Span modelValue;
    private boolean stream;
    private @Nullable JsonNode ttl;
    private @Nullable Span ttlMember;
    private @Nullable String previousAnswer;
    private final OutwardCalls outward;

    private BodyScan(byte[] body, boolean imageUrls) {
        this.body = body;
        outward = new OutwardCalls(body, imageUrls);
    }

    /** Of a plain body. */
    BodyScan(
            byte[] body,
            int openBrace,
            boolean empty,
            @Nullable String model,
            int modelStart,
            int modelEnd,
            boolean stream) {
        this(body, false);
        this.openBrace = openBrace;
        this.empty = empty;
        this.model = model;
        modelValue = modelStart < 0 ? null : new Span(modelStart, modelEnd);
        this.stream = stream;
    }

    /** Scans a body that may not name pictures by URL. */
    public static BodyScan of(byte[] body) {
        return of(body, false);
    }

    /**
     * Scans a body; throws a {@link dev.lmbridge.failure.FailureException} that names the field at fault.
     *
     * @param imageUrls whether it may name pictures by URL, which the host would fetch
     */
    public static BodyScan of(byte[] body, boolean imageUrls) {
        BodyScan plain = PlainScan.request(body, imageUrls);
        return plain == null ? parsed(body, imageUrls) : plain;
    }

    /** The same by a parser, whatever the body is. */
    static BodyScan parsed(byte[] body, boolean imageUrls) {
        if (!startsAnObject(body)) {
            throw Failure.invalid("body", "must be a JSON object in UTF-8.").asException();
        }
        BodyScan scan = new BodyScan(body, imageUrls);
        try (JsonParser parser = StrictJson.FACTORY.createParser(body)) {
            scan.read(parser);
        } catch (IOException malformed) {
            throw StrictJson.malformed(malformed).asException();
        }
        return scan;
    }

    /** The parser would guess UTF-16 and count other bytes than ours, so anything that is not plainly UTF-8 ends here. */
    private static boolean startsAnObject(byte[] body) {
        int at = 0;
        while (at < body.length && (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t')) {
            at++;
        }
        return at < body.length && body[at] == '{' && (at + 1 >= body.length || body[at + 1] != 0);
    }

    /** The name that the client asked for; null if it gave none. */
    public @Nullable String model() {
        return model;
    }

    /** Whether events are wanted. */
    public boolean stream() {
        return stream;
    }

    /** The {@code ttl} as it was sent; null if there was none. */
    public @Nullable JsonNode ttl() {
        return ttl;
    }

    /** The id of the answer that this request goes on from; null if there is none. */
    @Nullable
    String previousAnswer() {
        return previousAnswer;
    }

    private void read(JsonParser parser) throws IOException {
        parser.nextToken();
        openBrace = offset(parser);
        Set<String> names = new HashSet<>();
        int previousEnd = openBrace + 1;
        boolean cutToNext = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int memberStart = offset(parser);
            if (cutToNext && ttlMember != null) {
                ttlMember = new Span(ttlMember.start(), memberStart);
                cutToNext = false;
            }
            String name = parser.currentName();
            if (!names.add(name)) {
                throw Failure.invalid(shown(name), "is given twice.").asException();
            }
            JsonToken value = parser.nextToken();
            int valueStart = offset(parser);
            readValue(parser, name, value);
            int end = (int) parser.currentLocation().getByteOffset();
            if (name.equals("model")) {
                modelValue = new Span(valueStart, end);
            } else if (name.equals("ttl")) {
                ttlMember = new Span(empty ? memberStart : previousEnd, end);
                cutToNext = empty;
            }
            previousEnd = end;
            empty = false;
        }
        if (parser.nextToken() != null) {
            throw Failure.invalid("body", "has something after its end.").asException();
        }
    }

    private void readValue(JsonParser parser, String name, JsonToken value) throws IOException {
        switch (name) {
            case "model" -> model = modelName(parser, value);
            case "stream" -> stream = flag(value);
            case "ttl" -> ttl = ttlValue(parser, value);
            case "previous_response_id" -> {
                if (value == JsonToken.VALUE_STRING) {
                    previousAnswer = parser.getText();
                } else {
                    skip(parser, value);
                }
            }
            default -> outward.pass(parser, name, value);
        }
    }

    private static @Nullable String modelName(JsonParser parser, JsonToken value) throws IOException {
        return switch (value) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NULL -> null;
            default -> throw Failure.invalid("model", "must be a string.").asException();
        };
    }

    private static boolean flag(JsonToken value) {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw Failure.invalid("stream", "must be true or false.").asException();
        };
    }

    private static JsonNode ttlValue(JsonParser parser, JsonToken value) throws IOException {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (value) {
            case VALUE_STRING -> nodes.textNode(parser.getText());
            case VALUE_NUMBER_INT -> nodes.numberNode(parser.getBigIntegerValue());
            case VALUE_NULL -> nodes.nullNode();
            default -> {
                parser.skipChildren();
                yield nodes.booleanNode(false);
            }
        };
    }

    /** Steps over a value. A string's end is known only once it was read. */
    static void skip(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            parser.finishToken();
        } else {
            parser.skipChildren();
        }
    }

    private static int offset(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private static String shown(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }

    /** The body as it goes to the host: {@code model} is {@code identifier}, {@code ttl} is cut out, the rest is untouched. */
    Buffer forwarded(String identifier) {
        byte[] name = Json.encode(identifier).getBytes(StandardCharsets.UTF_8);
        Buffer out = Buffer.buffer(body.length + name.length + 16);
        Span model = modelValue;
        Span cut = ttlMember;
        int at = 0;
        if (model == null) {
            at = copy(out, at, openBrace + 1);
            out.appendString("\"model\":").appendBytes(name);
            boolean alone = empty || (cut != null && isOnlyMember(cut));
            if (!alone) {
                out.appendString(",");
            }
        }
        if (model != null && (cut == null || model.start() < cut.start())) {
            at = replace(out, at, model, name);
            model = null;
        }
        if (cut != null) {
            at = copy(out, at, cut.start());
            at = cut.end();
        }
        if (model != null) {
            at = replace(out, at, model, name);
        }
        copy(out, at, body.length);
        return out;
    }

    private boolean isOnlyMember(Span cut) {
        for (int at = cut.end(); at < body.length; at++) {
            if (body[at] == '"') {
                return false;
            }
        }
        return body[cut.start()] == '"';
    }

    private int replace(Buffer out, int at, Span span, byte[] name) {
        copy(out, at, span.start());
        out.appendBytes(name);
        return span.end();
    }

    private int copy(Buffer out, int from, int to) {
        out.appendBytes(body, from, to - from);
        return to;
    }
}
