package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
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

    private static final Logger log = LoggerFactory.getLogger(Bodies.class);

    private Bodies() {}

    /** Gives the object of the body to the reader, or answers 400, 413 or 415 itself. */
    public static void object(HttpServerRequest request, Consumer<ObjectNode> reader) {
        String type = request.getHeader("Content-Type");
        if (type != null && type.startsWith("multipart/")) {
            Replies.errorText(request.response(), 415, "Unsupported Media Type");
            return;
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
            tree = Replies.JSON.readTree(body.getBytes());
        } catch (IOException e) {
            tree = null;
        }
        if (tree instanceof ObjectNode object) {
            try {
                reader.accept(object);
            } catch (RuntimeException e) {
                log.atError().addKeyValue("path", request.path()).setCause(e).log("request failed");
                Replies.errorText(
                        request.response(), 500, "The simulation failed on this request; its log has the cause.");
            }
        } else {
            Replies.restError(
                    request.response(),
                    400,
                    "invalid_request",
                    "invalid_json",
                    "Invalid body: failed to parse JSON value. Please check the value to ensure it is valid JSON",
                    null);
        }
    }
}
