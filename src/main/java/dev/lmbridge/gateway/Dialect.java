package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import io.vertx.core.buffer.Buffer;

/** How failures are said on one family of routes. */
public interface Dialect {
    /** The body of an answer that is a failure. */
    Buffer body(Failure failure, String requestId);

    /** What ends a stream that has begun: one event. */
    Buffer event(Failure failure, String requestId);
}
