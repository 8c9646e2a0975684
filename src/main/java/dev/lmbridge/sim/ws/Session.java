package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.ws.Endpoints.ChannelOutlet;
import dev.lmbridge.sim.ws.Endpoints.OpenChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket's conversation: authentication first, then calls and channels. Frames go in, frames and at most one close come out; it
 * knows no sockets and is used by one thread at a time.
 */
final class Session {
    /** Channels that may be open at once on a socket; {@code lms} opens one. */
    static final int MAX_CHANNELS = 16;

    static final int PROTOCOL_ERROR = 1002;
    static final int POLICY_VIOLATION = 1008;

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Namespace namespace;
    private final Endpoints endpoints;
    private final Outlet outlet;
    private final Map<Integer, Channel> channels = new HashMap<>();
    private State state = State.GREETING;

    private enum State {
        GREETING,
        OPEN,
        CLOSED
    }

    Session(Namespace namespace, Endpoints endpoints, Outlet outlet) {
        this.namespace = namespace;
        this.endpoints = endpoints;
        this.outlet = outlet;
    }

    boolean authenticated() {
        return state == State.OPEN;
    }

    void receive(String text) {
        try {
            switch (state) {
                case GREETING -> greet(text);
                case OPEN -> handle(FrameReader.frame(text));
                case CLOSED -> {}
            }
        } catch (BadFrame bad) {
            end(PROTOCOL_ERROR, bad.reason());
        }
    }

    /** Ends the conversation from this side. */
    void end(int code, String reason) {
        if (state == State.CLOSED) {
            return;
        }
        abandoned();
        log.atInfo()
                .addKeyValue("namespace", namespace.word())
                .addKeyValue("reason", reason)
                .log("private API connection closed");
        outlet.close(code, reason);
    }

    /** The client has gone. */
    void abandoned() {
        state = State.CLOSED;
        List<Channel> left = new ArrayList<>(channels.values());
        channels.clear();
        left.forEach(Channel::abandon);
    }

    private void greet(String text) {
        try {
            FrameReader.checkHello(text);
        } catch (BadFrame bad) {
            outlet.send(ServerFrame.rejected(bad.reason()));
            end(POLICY_VIOLATION, bad.reason());
            return;
        }
        state = State.OPEN;
        outlet.send(ServerFrame.welcome());
    }

    private void handle(ClientFrame frame) throws BadFrame {
        switch (frame) {
            case ClientFrame.KeepAlive() -> outlet.send(ServerFrame.keepAliveAck());
            case ClientFrame.Warning(String text) ->
                log.atWarn()
                        .addKeyValue("namespace", namespace.word())
                        .addKeyValue("warning", text.substring(0, Math.min(2000, text.length())))
                        .log("the client did not understand a frame");
            case ClientFrame.RpcCall call -> answer(call);
            case ClientFrame.ChannelCreate create -> open(create);
            case ClientFrame.ChannelSend(int id, JsonNode message) -> {
                Channel channel = channels.get(id);
                if (channel != null) {
                    channel.received(message);
                }
            }
            case ClientFrame.SignalSubscribe(String endpoint, int id, boolean writable) ->
                outlet.send(ServerFrame.signalError(
                        id, writable, WireError.unknownEndpoint("a signal subscription", endpoint)));
            case ClientFrame.Inconsequential() -> {}
        }
    }

    private void answer(ClientFrame.RpcCall call) {
        try {
            JsonNode result = endpoints.call(call.endpoint(), call.parameter());
            if (result == null || !result.isMissingNode()) {
                outlet.send(ServerFrame.rpcResult(call.callId(), result));
            }
        } catch (RefusedException refused) {
            outlet.send(ServerFrame.rpcError(call.callId(), refused.error()));
        }
    }

    private void open(ClientFrame.ChannelCreate create) throws BadFrame {
        int id = create.channelId();
        if (channels.containsKey(id)) {
            throw new BadFrame("\"channelId\" " + id + " is open already.");
        }
        if (channels.size() == MAX_CHANNELS) {
            outlet.send(ServerFrame.channelError(
                    id, WireError.of("At most " + MAX_CHANNELS + " channels may be open on one connection.")));
            return;
        }
        Channel channel = new Channel(id);
        channels.put(id, channel);
        try {
            channel.attach(endpoints.open(create.endpoint(), create.parameter(), channel));
        } catch (RefusedException refused) {
            channel.fail(refused.error());
        }
    }

    private final class Channel implements ChannelOutlet {
        private final int id;
        private @Nullable OpenChannel server;

        Channel(int id) {
            this.id = id;
        }

        void attach(OpenChannel opened) {
            server = opened;
        }

        void received(JsonNode message) {
            if (server != null) {
                server.received(message);
            }
        }

        void abandon() {
            if (server != null) {
                server.abandoned();
            }
        }

        private boolean isOpen() {
            return channels.get(id) == this;
        }

        @Override
        public void send(JsonNode message) {
            if (isOpen()) {
                outlet.send(ServerFrame.channelSend(id, message));
            }
        }

        @Override
        public void sendIfRoom(JsonNode message) {
            if (isOpen()) {
                outlet.sendIfRoom(ServerFrame.channelSend(id, message));
            }
        }

        @Override
        public void close() {
            if (channels.remove(id, this)) {
                outlet.send(ServerFrame.channelClose(id));
            }
        }

        @Override
        public void fail(WireError error) {
            if (channels.remove(id, this)) {
                outlet.send(ServerFrame.channelError(id, error));
            }
        }
    }
}
