package dev.lmbridge.explain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A request whose model was there: nothing happened but its answer. */
record Straight(long order, String id, String model, String host, Instant began, Instant ended) {
    RequestAccount account() {
        long took = Math.max(0, Duration.between(began, ended).toMillis());
        Happening answered = new Happening(
                order,
                ended,
                ended,
                1,
                "request.answered",
                "The model was in memory; the request waited for nothing.",
                Map.of("tookMs", took));
        return new RequestAccount(id, model, host, "success", List.of(answered));
    }
}
