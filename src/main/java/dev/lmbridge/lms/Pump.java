package dev.lmbridge.lms;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries one stream of a process into its capture, on a virtual thread of its own.
 *
 * <p>It reads only what is there already. A blocked read would end only when the last holder of the pipe is gone, and that may be a
 * process that {@code lms} left behind; and it would occupy a carrier thread for the minutes that a load takes.
 */
final class Pump implements Runnable {
    private static final long SHORTEST_PAUSE_NANOS = 250_000;
    private static final long LONGEST_PAUSE_NANOS = 10_000_000;

    private final InputStream stream;
    private final Capture capture;
    private volatile boolean exited;
    private volatile boolean stopped;

    Pump(InputStream stream, Capture capture) {
        this.stream = stream;
        this.capture = capture;
    }

    /** The process has exited, so all that it wrote is in the pipe: nothing there means the end. */
    void exited() {
        exited = true;
    }

    /** Enough: end now, whatever is still coming. */
    void stop() {
        exited = true;
        stopped = true;
    }

    @Override
    public void run() {
        try (stream) {
            var buffer = new byte[16 * 1024];
            long pause = SHORTEST_PAUSE_NANOS;
            while (!stopped) {
                boolean last = exited;
                int ready = stream.available();
                if (ready > 0) {
                    int read = stream.read(buffer, 0, Math.min(ready, buffer.length));
                    if (read < 0) {
                        return;
                    }
                    capture.take(buffer, read);
                    pause = SHORTEST_PAUSE_NANOS;
                } else if (last) {
                    return;
                } else {
                    LockSupport.parkNanos(this, pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                }
            }
        } catch (IOException e) {
            // A broken pipe is the end of the stream; how the process ended is told by its exit.
            return;
        }
    }
}
