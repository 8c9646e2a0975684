package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads text frames, and says what is wrong with one that cannot be read. */
final class FrameReader {
    /** The longest frame that is read, in characters. The largest one {@code lms} sends, a load with every option, has about 1500. */
    static final int MAX_LENGTH = 64 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private FrameReader() {}

    /** Checks the first frame of a socket. The passkey is not looked at: the simulated machine keeps no secrets. */
    static void checkHello(String text) throws BadFrame {
        JsonNode frame = object(text);
        if (integer(frame, "authVersion") != 1) {
            throw new BadFrame("\"authVersion\" must be 1.");
        }
        if (string(frame, "clientIdentifier").length() > 256
                || string(frame, "clientPasskey").length() > 256) {
            throw new BadFrame("\"clientIdentifier\" and \"clientPasskey\" may have at most 256 characters.");
        }
    }

    static ClientFrame frame(String text) throws BadFrame {
        JsonNode frame = object(text);
        String type = string(frame, "type");
        return switch (type) {
            case "keepAlive" -> new ClientFrame.KeepAlive();
            case "communicationWarning" -> new ClientFrame.Warning(string(frame, "warning"));
            case "rpcCall" ->
                new ClientFrame.RpcCall(string(frame, "endpoint"), integer(frame, "callId"), frame.path("parameter"));
            case "channelCreate" ->
                new ClientFrame.ChannelCreate(
                        string(frame, "endpoint"), integer(frame, "channelId"), frame.path("creationParameter"));
            case "channelSend" -> new ClientFrame.ChannelSend(integer(frame, "channelId"), frame.path("message"));
            case "signalSubscribe" ->
                new ClientFrame.SignalSubscribe(string(frame, "endpoint"), integer(frame, "subscribeId"), false);
            case "writableSignalSubscribe" ->
                new ClientFrame.SignalSubscribe(string(frame, "endpoint"), integer(frame, "subscribeId"), true);
            case "channelAck", "signalUnsubscribe", "writableSignalUnsubscribe", "writableSignalUpdate" ->
                new ClientFrame.Inconsequential();
            default -> throw new BadFrame("\"type\" is not one that a client may send.");
        };
    }

    private static JsonNode object(String text) throws BadFrame {
        if (text.length() > MAX_LENGTH) {
            throw new BadFrame("A frame may have at most " + MAX_LENGTH + " characters.");
        }
        JsonNode frame;
        try {
            frame = JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            throw new BadFrame("The frame is not JSON.");
        }
        if (frame == null || !frame.isObject()) {
            throw new BadFrame("The frame is not a JSON object.");
        }
        return frame;
    }

    private static String string(JsonNode frame, String field) throws BadFrame {
        JsonNode value = frame.path(field);
        if (!value.isTextual()) {
            throw new BadFrame("\"" + field + "\" must be a string.");
        }
        return value.textValue();
    }

    private static int integer(JsonNode frame, String field) throws BadFrame {
        JsonNode value = frame.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new BadFrame("\"" + field + "\" must be an integer.");
        }
        return value.intValue();
    }
}
