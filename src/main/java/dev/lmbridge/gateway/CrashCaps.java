package dev.lmbridge.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Models that crashed get fewer requests at a time for a while: too many at once is a usual cause. */
final class CrashCaps {
    /** How long a model is spared after its last crash. */
    static final Duration SPARED = Duration.ofMinutes(10);

    private record Cap(int requests, Instant until) {}

    private final InstantSource clock;
    private final Map<String, Cap> caps = new ConcurrentHashMap<>();

    CrashCaps(InstantSource clock) {
        this.clock = clock;
    }

    /** A model has crashed that worked on up to {@code width} requests: from now on, half as many. */
    void crashed(String host, String model, int width) {
        Instant until = clock.instant().plus(SPARED);
        caps.merge(
                key(host, model),
                new Cap(Math.max(1, width / 2), until),
                (old, given) -> new Cap(Math.min(old.requests(), given.requests()), until));
    }

    /** How many requests a model gets at a time that would get {@code width}. */
    int limit(String host, String model, int width) {
        if (caps.isEmpty()) {
            return width;
        }
        String key = key(host, model);
        Cap cap = caps.get(key);
        if (cap == null) {
            return width;
        }
        if (!cap.until().isAfter(clock.instant())) {
            caps.remove(key, cap);
            return width;
        }
        return Math.min(width, cap.requests());
    }

    private static String key(String host, String model) {
        return host + '\n' + model;
    }
}
