package dev.lmbridge.sim.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;

/** Ends a connection with a TCP reset, as when the process behind it dies. */
final class Resets {
    private Resets() {}

    /**
     * Resets it: a close with a linger time of zero discards what was not sent and sends RST. Vert.x has no public way to the socket of
     * a connection, so this goes over its internal one; a connection of another kind is only closed.
     */
    static void reset(HttpConnection connection) {
        if (connection instanceof HttpServerConnection inner) {
            Channel channel = inner.channelHandlerContext().channel();
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            // Nothing is left to do when it is closed, and nobody to tell when it is not.
            var _ = channel.close();
        } else {
            connection.close();
        }
    }
}
