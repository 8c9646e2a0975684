package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.jspecify.annotations.Nullable;

/** What one namespace offers. */
interface Endpoints {
    /** The result of a call that is not answered at all: the client, which knows no deadline, waits for ever. */
    JsonNode UNANSWERED = MissingNode.getInstance();

    /**
     * Answers a call.
     *
     * @return the result, or {@code null} if the endpoint returns nothing
     */
    @Nullable
    JsonNode call(String endpoint, JsonNode parameter) throws RefusedException;

    /** Opens a channel; what it has to say, now or later, it says through {@code channel}. */
    OpenChannel open(String endpoint, JsonNode parameter, ChannelOutlet channel) throws RefusedException;

    /** The client's side of an open channel, as its server sees it. */
    interface OpenChannel {
        void received(JsonNode message);

        /** The socket is gone. */
        void abandoned();
    }

    /** The server's side of an open channel. After {@link #close} or {@link #fail} nothing more is sent. */
    interface ChannelOutlet {
        void send(JsonNode message);

        void sendIfRoom(JsonNode message);

        void close();

        void fail(WireError error);
    }
}
