package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the JSON bodies of requests, up to a limit. */
public final class Bodies {
    static final int MOST_BYTES = 64 << 20;

    private static final ObjectReader READER =
            Replies.JSON.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Logger log = LoggerFactory.getLogger(Bodies.class);

    private Bodies() {}

    /** Gives the object of the body to the reader, or answers 400, 413 or 415 itself; 500 if the reader fails. */
    public static void object(HttpServerRequest request, Consumer<ObjectNode> reader) {
        String type = request.getHeader("Content-Type");
        if (type != null && type.startsWith("multipart/")) {
            Replies.errorText(request.response(), 415, "Unsupported Media Type");
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        Buffer body = Buffer.buffer();
        request.handler(piece -> {
            if (body.length() + piece.length() > MOST_BYTES) {
                request.handler(null);
                Replies.errorText(request.response(), 413, "The body is longer than " + MOST_BYTES + " bytes.");
            } else {
                body.appendBuffer(piece);
            }
        });
        request.endHandler(end -> {
            if (!request.response().ended()) {
                parse(request, body, reader);
            }
        });
    }

    private static void parse(HttpServerRequest request, Buffer body, Consumer<ObjectNode> reader) {
        JsonNode tree;
        try {
            tree = READER.readTree(body.getBytes());
        } catch (IOException e) {
            notJson(request);
            return;
        }
        if (tree instanceof ObjectNode object) {
            try {
                reader.accept(object);
            } catch (RuntimeException e) {
                log.atError().addKeyValue("path", request.path()).setCause(e).log("request failed");
                Replies.failed(request);
            }
        } else if (tree.isMissingNode()) {
            notJson(request);
        } else {
            refuse(request, "invalid_type", "Invalid body: expected a JSON object.");
        }
    }

    private static void notJson(HttpServerRequest request) {
        refuse(
                request,
                "invalid_json",
                "Invalid body: failed to parse JSON value. Please check the value to ensure it is valid JSON");
    }

    /** The text for a body that is no JSON was seen on {@code /api/v1} only; elsewhere it is put in the shape of OpenAI's errors. */
    private static void refuse(HttpServerRequest request, String code, String text) {
        if (Replies.isRestV1(request)) {
            Replies.restError(request.response(), 400, "invalid_request", code, text, null);
        } else {
            Replies.openAiError(request.response(), 400, text, "invalid_request_error", null, code);
        }
    }
}
