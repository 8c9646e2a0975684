package dev.lmbridge.gateway;

import dev.lmbridge.gateway.PlainJson.NotPlain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests and answers that nearly everybody sends, without a parser: those with nothing to be refused, nothing
 * to be cut out, no escapes in names. For all others the answer is null, and {@link BodyScan} and {@link AnswerScan} ask a parser.
 */
final class PlainScan {
    private static final byte[] MODEL = PlainJson.bytes("model");
    private static final byte[] STREAM = PlainJson.bytes("stream");

    /** Members of a request that mean something to us, and are for the parser. */
    private static final List<byte[]> PARSED =
            names("ttl", "previous_response_id", "tools", "integrations", "mcp_servers");

    private static final List<byte[]> WITH_PARTS =
            OutwardCalls.MESSAGES.stream().map(PlainJson::bytes).toList();
    private static final List<byte[]> ADDRESSES =
            OutwardCalls.ADDRESSES.stream().map(PlainJson::bytes).toList();

    private static final List<byte[]> MODEL_NAMES = names("model", "model_instance_id");
    private static final List<byte[]> ID_NAMES = names("id", "response_id");
    private static final List<byte[]> COUNTS = names("usage", "stats");
    private static final List<byte[]> TOKENS = names("completion_tokens", "output_tokens", "total_output_tokens");
    private static final byte[] ERROR = PlainJson.bytes("error");

    /** No count of tokens has more digits. */
    private static final int LONGEST_COUNT = 15;

    private PlainScan() {}

    private static List<byte[]> names(String... names) {
        return List.of(names).stream().map(PlainJson::bytes).toList();
    }

    private static boolean isOneOf(PlainJson json, int begin, int end, List<byte[]> names) {
        for (int each = 0; each < names.size(); each++) {
            if (json.is(begin, end, names.get(each))) {
                return true;
            }
        }
        return false;
    }

    /** What a request says; null if it is not plain. */
    static @Nullable BodyScan request(byte[] body, boolean imageUrls) {
        PlainJson json = new PlainJson(body);
        try {
            json.step('{');
            int openBrace = json.at() - 1;
            boolean empty = json.isEmpty('}');
            String model = null;
            int modelStart = -1;
            int modelEnd = -1;
            boolean stream = false;
            boolean more = !empty;
            while (more) {
                int begin = json.name();
                int end = json.nameEnd();
                json.unlikeOthers(begin, end);
                if (json.is(begin, end, MODEL)) {
                    boolean named = json.peek() == '"';
                    modelStart = json.at();
                    if (named) {
                        json.plainString();
                    } else {
                        json.nothing();
                    }
                    modelEnd = json.at();
                    model = named ? json.text(modelStart + 1, modelEnd - 1) : null;
                } else if (json.is(begin, end, STREAM)) {
                    stream = json.flag();
                } else if (isOneOf(json, begin, end, PARSED)) {
                    return null;
                } else if (!imageUrls && isOneOf(json, begin, end, WITH_PARTS)) {
                    json.valueWithout(ADDRESSES);
                } else {
                    json.value();
                }
                more = json.more('}');
            }
            json.end();
            return new BodyScan(body, openBrace, empty, model, modelStart, modelEnd, stream);
        } catch (NotPlain forTheParser) {
            return null;
        }
    }

    /** What an answer says; null if it is not plain, or tells an error. */
    static @Nullable AnswerScan answer(byte[] document) {
        PlainJson json = new PlainJson(document);
        try {
            json.step('{');
            String model = null;
            String id = null;
            long tokens = -1;
            boolean more = !json.isEmpty('}');
            while (more) {
                int begin = json.name();
                int end = json.nameEnd();
                boolean text = json.peek() == '"';
                if (text && isOneOf(json, begin, end, MODEL_NAMES)) {
                    model = text(json);
                } else if (text && isOneOf(json, begin, end, ID_NAMES)) {
                    id = text(json);
                } else if (json.peek() == '{' && isOneOf(json, begin, end, COUNTS)) {
                    tokens = tokens(json, tokens);
                } else if (json.is(begin, end, ERROR)) {
                    json.nothing();
                } else {
                    json.value();
                }
                more = json.more('}');
            }
            json.end();
            return new AnswerScan(model, id, tokens);
        } catch (NotPlain forTheParser) {
            return null;
        }
    }

    private static String text(PlainJson json) throws NotPlain {
        int begin = json.at() + 1;
        json.plainString();
        return json.text(begin, json.at() - 1);
    }

    private static long tokens(PlainJson json, long before) throws NotPlain {
        json.step('{');
        long tokens = before;
        boolean more = !json.isEmpty('}');
        while (more) {
            int begin = json.name();
            boolean counts = isOneOf(json, begin, json.nameEnd(), TOKENS);
            byte first = json.peek();
            int start = json.at();
            if (counts && (first == '-' || (first >= '0' && first <= '9'))) {
                if (json.number()) {
                    if (json.at() - start > LONGEST_COUNT) {
                        throw new NotPlain();
                    }
                    tokens = Long.parseLong(json.text(start, json.at()));
                }
            } else {
                json.value();
            }
            more = json.more('}');
        }
        return tokens;
    }
}
