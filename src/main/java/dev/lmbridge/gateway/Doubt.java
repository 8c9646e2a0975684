package dev.lmbridge.gateway;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether an empty answer is one, or comes from a model that crashed: a look that began later tells. For one thread. */
final class Doubt {
    private Instant since = Instant.EPOCH;
    private @Nullable Runnable onceSeen;

    /** Something goes on only once the instance was seen after this moment. */
    void raise(Instant moment, Runnable then) {
        since = moment;
        onceSeen = then;
    }

    /** Lets go on what waits if the instance was seen; true, once, if it is not there any more. */
    boolean provesLoss(Gateway.Place place, Instant now) {
        Runnable then = onceSeen;
        Presence presence = then == null ? Presence.UNKNOWN : Presence.of(place, since, now);
        if (then == null || presence == Presence.UNKNOWN) {
            return false;
        }
        onceSeen = null;
        if (presence == Presence.THERE) {
            then.run();
        }
        return presence == Presence.GONE;
    }
}
