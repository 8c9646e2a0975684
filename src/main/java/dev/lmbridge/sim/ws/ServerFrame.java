package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The frames that a server sends, as text. */
final class ServerFrame {
    private ServerFrame() {}

    static String welcome() {
        return JsonNodeFactory.instance.objectNode().put("success", true).toString();
    }

    static String rejected(String reason) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("success", false)
                .put("error", reason)
                .toString();
    }

    static String keepAliveAck() {
        return typed("keepAliveAck").toString();
    }

    /** @param result {@code null} for a call that returns nothing: the client rejects a JSON null in its place. */
    static String rpcResult(int callId, @Nullable JsonNode result) {
        ObjectNode frame = typed("rpcResult").put("callId", callId);
        if (result != null) {
            frame.set("result", result);
        }
        return frame.toString();
    }

    static String rpcError(int callId, WireError error) {
        return failed(typed("rpcError").put("callId", callId), error);
    }

    static String channelSend(int channelId, JsonNode message) {
        ObjectNode frame = typed("channelSend").put("channelId", channelId);
        frame.set("message", message);
        return frame.toString();
    }

    static String channelClose(int channelId) {
        return typed("channelClose").put("channelId", channelId).toString();
    }

    static String channelError(int channelId, WireError error) {
        return failed(typed("channelError").put("channelId", channelId), error);
    }

    static String signalError(int subscribeId, boolean writable, WireError error) {
        return failed(typed(writable ? "writableSignalError" : "signalError").put("subscribeId", subscribeId), error);
    }

    private static String failed(ObjectNode frame, WireError error) {
        frame.set("error", error.toJson());
        return frame.toString();
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
