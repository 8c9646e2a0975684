package dev.lmbridge.sim.http;

import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Script;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An answer on its way, as the formats need it.
 *
 * @param model the name that the answer carries: the instance's, unless a fault made it another one
 * @param loadTime how long the model was loaded for this request, or null if it was there
 * @param firstToken from the request to the first token, as far as known
 * @param took from the first token until now or the end
 */
record Answer(
        String model,
        Instance instance,
        Script script,
        @Nullable Duration loadTime,
        Duration firstToken,
        Duration took) {}
