package dev.lmbridge.gateway;

import io.vertx.core.http.HttpClientResponse;
import java.time.Instant;
import java.time.InstantSource;

/**
 * An answer of a host, and all that takes part in bringing it to the client.
 *
 * @param check which model's it has to be
 */
record Delivery(
        Exchange exchange,
        InferenceRoute route,
        ClientSide client,
        Patience patience,
        InstantSource clock,
        AnswerCheck check,
        HttpClientResponse answer) {
    /** Bytes of the answer have come: now. */
    Instant received() {
        Instant now = clock.instant();
        patience.received(now);
        return now;
    }
}
