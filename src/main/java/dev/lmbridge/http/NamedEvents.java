package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.gateway.Dialect;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.BiFunction;

/** A dialect whose streams have named events; whole answers are said in another. */
record NamedEvents(Dialect whole, BiFunction<Failure, String, Buffer> last) implements Dialect {
    @Override
    public Buffer body(Failure failure, String requestId) {
        return whole.body(failure, requestId);
    }

    @Override
    public Buffer event(Failure failure, String requestId) {
        return last.apply(failure, requestId);
    }

    /** The end of a stream of OpenAI's responses that has failed. */
    static Buffer responseFailed(Failure failure, String requestId) {
        JsonObject response = new JsonObject()
                .put("id", "resp_" + requestId)
                .put("object", "response")
                .put("status", "failed")
                .put("error", OpenAiDialect.lastError(failure, requestId))
                .put("output", new JsonArray());
        return event(
                "response.failed",
                new JsonObject().put("type", "response.failed").put("response", response));
    }

    /** The error event of LM Studio's own chat. */
    static Buffer chatError(Failure failure, String requestId) {
        return event(
                "error",
                new JsonObject().put("type", "error").put("error", OpenAiDialect.lastError(failure, requestId)));
    }

    static Buffer event(String name, JsonObject data) {
        return Buffer.buffer("event: " + name + "\ndata: ")
                .appendBuffer(data.toBuffer())
                .appendString("\n\n");
    }
}
