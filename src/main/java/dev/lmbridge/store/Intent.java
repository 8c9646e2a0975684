package dev.lmbridge.store;

import java.time.Instant;

/**
 * A command that is about to change a host.
 *
 * @param mark unique to the call; its processes carry it in their environment
 * @param operation {@code load} or {@code unload}
 * @param model catalogue key
 * @param identifier the instance that will be made or ended
 * @param startedAt when its process was to start
 * @param deadline when its process was to be ended at the latest
 */
public record Intent(
        String mark, String operation, String model, String identifier, Instant startedAt, Instant deadline) {}
