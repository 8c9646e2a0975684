package dev.lmbridge.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureException;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds what in a body would make the host call an address that the client chose: pictures and files by URL, tool servers.
 * Only the places are read that LM Studio reads: what a tool was called with may hold any address.
 */
final class OutwardCalls {
    /** Fields of the top level whose values are messages, or parts of them. */
    static final Set<String> MESSAGES = Set.of("messages", "input", "system");

    /** Fields of messages and parts that hold further parts. */
    private static final Set<String> INNER = Set.of("content", "output");

    /** Fields of parts that are an address, or an object with an address in {@code url}. */
    static final Set<String> ADDRESSES = Set.of("image_url", "source", "data_url", "file_url");

    /** Who fetches a URL ignores these wherever they stand. */
    private static final Pattern BLANKS = Pattern.compile("[\\x00-\\x20]");

    private static final byte[] DATA = {'"', 'd', 'a', 't', 'a', ':'};

    private final byte[] body;
    private final boolean imageUrls;

    /** @param imageUrls whether pictures may be named by URL */
    OutwardCalls(byte[] body, boolean imageUrls) {
        this.body = body;
        this.imageUrls = imageUrls;
    }

    /** Steps over the value of a field of the top level, or refuses it. */
    void pass(JsonParser parser, String field, JsonToken value) throws IOException {
        boolean deep = isDeep(value);
        if (deep && field.equals("tools")) {
            tools(parser, value);
        } else if (field.equals("integrations") || field.equals("mcp_servers")) {
            refuseUnlessEmpty(parser, field, value);
        } else if (deep && !imageUrls && MESSAGES.contains(field)) {
            parts(parser);
        } else {
            BodyScan.skip(parser, value);
        }
    }

    private static void refuseUnlessEmpty(JsonParser parser, String field, JsonToken value) throws IOException {
        boolean empty = value == JsonToken.VALUE_NULL
                || (value == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.END_ARRAY);
        if (!empty) {
            throw remote(field);
        }
    }

    private static FailureException remote(String field) {
        return Failure.invalid(
                        field, "names a tool server that LM Studio would call. The bridge lets no request do that.")
                .asException();
    }

    private static void tools(JsonParser parser, JsonToken start) throws IOException {
        if (start == JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        int number = 0;
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            if (next == JsonToken.START_OBJECT) {
                tool(parser, "tools[" + number + "]");
            } else {
                BodyScan.skip(parser, next);
            }
            number++;
        }
    }

    private static void tool(JsonParser parser, String path) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            boolean remote = name.equals("server_url")
                    || name.equals("connector_id")
                    || (name.equals("type")
                            && value == JsonToken.VALUE_STRING
                            && parser.getText().equals("mcp"));
            if (remote && value != JsonToken.VALUE_NULL) {
                throw remote(path);
            }
            BodyScan.skip(parser, value);
        }
    }

    /** Goes through an array or an object that has just begun, to its end. */
    private void parts(JsonParser parser) throws IOException {
        boolean list = parser.currentToken() == JsonToken.START_ARRAY;
        JsonToken next = parser.nextToken();
        while (next != JsonToken.END_ARRAY && next != JsonToken.END_OBJECT) {
            if (!list) {
                member(parser, parser.currentName());
            } else if (isDeep(next)) {
                parts(parser);
            } else {
                BodyScan.skip(parser, next);
            }
            next = parser.nextToken();
        }
    }

    private static boolean isDeep(JsonToken value) {
        return value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY;
    }

    private void member(JsonParser parser, String name) throws IOException {
        JsonToken value = parser.nextToken();
        if (isDeep(value) && INNER.contains(name)) {
            parts(parser);
        } else if (ADDRESSES.contains(name) && value == JsonToken.VALUE_STRING) {
            address(parser);
        } else if (ADDRESSES.contains(name) && value == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean url = parser.currentName().equals("url");
                JsonToken given = parser.nextToken();
                if (url && given == JsonToken.VALUE_STRING) {
                    address(parser);
                } else {
                    BodyScan.skip(parser, given);
                }
            }
        } else {
            BodyScan.skip(parser, value);
        }
    }

    /** Pictures in the request itself are taken; base64 has no colon, so whatever else has one names a place. */
    private void address(JsonParser parser) throws IOException {
        if (isPlainData((int) parser.currentTokenLocation().getByteOffset())) {
            parser.finishToken();
            return;
        }
        String text = BLANKS.matcher(parser.getText()).replaceAll("");
        if (!text.regionMatches(true, 0, "data:", 0, "data:".length()) && text.indexOf(':') >= 0) {
            throw Failure.invalid(
                            place(parser),
                            "must be a data: URL. LM Studio would fetch any other; gateway.imageUrls can allow that.")
                    .asException();
        }
    }

    /** Where the parser stands, such as {@code messages[0].content[1].image_url.url}. */
    private static String place(JsonParser parser) {
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        return pointer.substring(1).replaceAll("/(\\d+)", "[$1]").replace('/', '.');
    }

    /** Looked up in the bytes, so that a large picture is not copied for it. */
    private boolean isPlainData(int at) {
        for (int each = 0; each < DATA.length; each++) {
            if (at + each >= body.length || body[at + each] != DATA[each]) {
                return false;
            }
        }
        return true;
    }
}
