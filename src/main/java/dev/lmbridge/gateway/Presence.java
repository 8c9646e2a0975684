package dev.lmbridge.gateway;

import dev.lmbridge.host.HostState;
import dev.lmbridge.host.HostView;
import dev.lmbridge.host.Instance;
import java.time.Duration;
import java.time.Instant;

/** Whether a host still has an instance, by a look that began after a certain moment. */
enum Presence {
    THERE,
    GONE,
    /** No such look has come yet. */
    UNKNOWN;

    /** Looks come more often than this, unless somebody has configured them to be rare: then the doubt is dropped. */
    static final Duration LOOK_WITHIN = Duration.ofSeconds(15);

    static Presence of(Gateway.Place place, Instant since, Instant now) {
        HostView view = place.host().view();
        if (view.reach() == HostState.Reach.DOWN) {
            return GONE;
        }
        Instant seen = view.observedAt();
        if (seen != null && seen.isAfter(since)) {
            Instance there = view.instances().get(place.instance().identifier());
            return there != null && there.usage() == place.instance().usage() ? THERE : GONE;
        }
        return since.plus(LOOK_WITHIN).isAfter(now) ? UNKNOWN : THERE;
    }
}
