package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a client may send once it is authenticated: one JSON object per text frame, told apart by {@code type}. Source: the message
 * schema of lmstudio-js {@code 6ec11db}, which {@code lms} 0.3.43 carries.
 */
sealed interface ClientFrame {
    record KeepAlive() implements ClientFrame {}

    /** The client could not make sense of something that it was sent. */
    record Warning(String text) implements ClientFrame {}

    record RpcCall(String endpoint, int callId, JsonNode parameter) implements ClientFrame {}

    record ChannelCreate(String endpoint, int channelId, JsonNode parameter) implements ClientFrame {}

    record ChannelSend(int channelId, JsonNode message) implements ClientFrame {}

    record SignalSubscribe(String endpoint, int subscribeId, boolean writable) implements ClientFrame {}

    /** Legal, and nothing follows from it here: acknowledgements, and news about signals, of which none can be open. */
    record Inconsequential() implements ClientFrame {}
}
