package dev.lmbridge.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * What Vert.x leaves open at a WebSocket, done at its channel. It answers every ping at once, also of a client that reads none of
 * the answers; and it waits for the end of a connection only once the farewell was written, which for such a client is never.
 *
 * <p>Runs on the event loop of its connection.
 */
final class SocketGuard extends ChannelInboundHandlerAdapter {
    private static final String PLACE = "lmbridge.guard";

    private final Channel channel;

    /** For a request that is to become a WebSocket. */
    SocketGuard(HttpServerRequest request) {
        channel = ((ConnectionBase) request.connection()).channel();
    }

    /** The request has become a WebSocket: takes its place between the frames and Vert.x. */
    void stand() {
        var pipeline = channel.pipeline();
        pipeline.addBefore(pipeline.lastContext().name(), PLACE, this);
    }

    /** Cuts the connection now, whatever is still to be written: from this place on, since Vert.x would first say farewell. */
    void cut() {
        ChannelHandlerContext place = channel.pipeline().context(PLACE);
        if (place != null) {
            var _ = place.close();
        }
    }

    /** RFC 6455, section 5.5.3: of several pings, answering the latest is enough. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        if (frame instanceof PingWebSocketFrame ping && !context.channel().isWritable()) {
            ping.release();
        } else {
            context.fireChannelRead(frame);
        }
    }
}
