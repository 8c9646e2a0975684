package dev.lmbridge.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lmbridge.wire.StrictJson;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the top level of a whole answer says. It is read once, without a tree. */
final class AnswerScan {
    private @Nullable String model;
    private @Nullable String id;
    private boolean error;
    private @Nullable String errorText;
    private long tokens = -1;

    private AnswerScan() {}

    /** Of a plain answer. */
    AnswerScan(@Nullable String model, @Nullable String id, long tokens) {
        this.model = model;
        this.id = id;
        this.tokens = tokens;
    }

    /** The scan of a document; empty if it is no JSON object. */
    static Optional<AnswerScan> of(byte[] document) {
        AnswerScan plain = PlainScan.answer(document);
        return plain == null ? parsed(document) : Optional.of(plain);
    }

    /** The same by a parser, whatever the document is. */
    static Optional<AnswerScan> parsed(byte[] document) {
        AnswerScan scan = new AnswerScan();
        try (JsonParser parser = StrictJson.FACTORY.createParser(document)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            scan.read(parser);
            return parser.nextToken() == null ? Optional.of(scan) : Optional.empty();
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }

    /** The model that the host says has answered; null if it does not say. */
    @Nullable
    String model() {
        return model;
    }

    /** The id by which a later request can go on from this answer; null if it has none. */
    @Nullable
    String id() {
        return id;
    }

    /** Whether there is a member {@code error} that is not null: then the document is no answer. */
    boolean hasError() {
        return error;
    }

    /** The text of {@code error}, or of its {@code message}; null if there is none. */
    @Nullable
    String errorText() {
        return errorText;
    }

    /** How many tokens the model has made; -1 if the host does not say. */
    long tokens() {
        return tokens;
    }

    private void read(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "model", "model_instance_id" -> {
                    if (value == JsonToken.VALUE_STRING) {
                        model = parser.getText();
                    } else {
                        BodyScan.skip(parser, value);
                    }
                }
                case "id", "response_id" -> {
                    if (value == JsonToken.VALUE_STRING) {
                        id = parser.getText();
                    } else {
                        BodyScan.skip(parser, value);
                    }
                }
                case "usage", "stats" -> readTokens(parser, value);
                case "error" -> readError(parser, value);
                default -> BodyScan.skip(parser, value);
            }
        }
    }

    private void readTokens(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            BodyScan.skip(parser, value);
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken inner = parser.nextToken();
            boolean counts = name.equals("completion_tokens")
                    || name.equals("output_tokens")
                    || name.equals("total_output_tokens");
            if (counts && inner == JsonToken.VALUE_NUMBER_INT) {
                tokens = parser.getValueAsLong(-1);
            } else {
                BodyScan.skip(parser, inner);
            }
        }
    }

    private void readError(JsonParser parser, JsonToken value) throws IOException {
        error = value != JsonToken.VALUE_NULL;
        if (value == JsonToken.VALUE_STRING) {
            errorText = parser.getText();
        } else if (value == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean message = parser.currentName().equals("message");
                JsonToken inner = parser.nextToken();
                if (message && inner == JsonToken.VALUE_STRING) {
                    errorText = parser.getText();
                } else {
                    BodyScan.skip(parser, inner);
                }
            }
        } else {
            BodyScan.skip(parser, value);
        }
    }
}
