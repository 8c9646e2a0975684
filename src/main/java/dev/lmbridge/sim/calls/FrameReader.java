package dev.lmbridge.sim.calls;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;

/** Puts the frames of a stand-in process together, from pieces of any size. */
final class FrameReader implements Handler<Buffer> {
    private static final int HEADER = 5;
    private static final int LONGEST_BODY = 1 << 20;

    private final BiConsumer<Byte, Buffer> frames;
    private final Runnable tooLong;
    private Buffer unread = Buffer.buffer();

    /** Tells {@code tooLong} when a frame claims more than a megabyte: then it is no stand-in. */
    FrameReader(BiConsumer<Byte, Buffer> frames, Runnable tooLong) {
        this.frames = frames;
        this.tooLong = tooLong;
    }

    @Override
    public void handle(Buffer piece) {
        unread.appendBuffer(piece);
        int at = 0;
        while (unread.length() - at >= HEADER) {
            int length = unread.getInt(at + 1);
            if (length < 0 || length > LONGEST_BODY) {
                unread = Buffer.buffer();
                tooLong.run();
                return;
            }
            if (unread.length() - at < HEADER + length) {
                break;
            }
            frames.accept(unread.getByte(at), unread.getBuffer(at + HEADER, at + HEADER + length));
            at += HEADER + length;
        }
        unread = unread.getBuffer(at, unread.length());
    }
}
