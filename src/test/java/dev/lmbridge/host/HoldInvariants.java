package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What must hold of leases, pins and idle clocks. It goes by what callers were told and by who used what, not by what the core keeps of
 * it; times are those of the bridge's clock.
 */
final class HoldInvariants {
    /** Lets a host's clock run out in spite of a bridge that does its best. */
    private static final Set<Fault> TROUBLE = EnumSet.of(
            Fault.CLOCK_AHEAD,
            Fault.CLOCK_BACK,
            Fault.HOST_GOES,
            Fault.RESTART,
            Fault.ROWS_FAIL,
            Fault.LOOK_FAILS,
            Fault.SHUTDOWN,
            Fault.VANISHES);

    /** An unload that came to nothing is tried again after 10 s at the earliest, and the next look may take 5 s. */
    private static final Duration LATE = Duration.ofSeconds(16);

    /** Who is held for so long is re-armed in time. */
    private static final Duration SETTLED = Duration.ofSeconds(20);

    private static final class Idle {
        int users;
        Duration ttl = Duration.ZERO;
        Instant until = Instant.MIN;
    }

    private final HostInvariants promises;
    private final IdentityHashMap<Usage, Idle> clocks = new IdentityHashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<ModelKey, Instant> heldSince = new HashMap<>();
    private final Set<ModelKey> pins = new HashSet<>();
    private boolean troubled;
    private Instant restless = Instant.MIN;
    private Instant spared = Instant.MIN;
    /** When the last operation had ended, for all that is seen of it. */
    private Instant quietSince = Instant.EPOCH;

    HoldInvariants(HostInvariants promises) {
        this.promises = promises;
    }

    void struck(Fault fault) {
        troubled |= TROUBLE.contains(fault);
    }

    void died() {
        clocks.clear();
        leases.clear();
        pins.clear();
        heldSince.clear();
        restless = Instant.MIN;
        spared = Instant.MIN;
    }

    void entered(Usage usage, Duration ttl, boolean idle) {
        Idle clock = clocks.computeIfAbsent(usage, unseen -> new Idle());
        // Who comes while the bridge itself uses it, comes not to an idle instance: what others asked for before stays.
        Duration kept = idle ? Duration.ZERO : clock.users == 0 ? usage.ttl() : clock.ttl;
        clock.ttl = longer(kept, ttl);
        clock.users++;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    void left(Usage usage, Instant now) {
        Idle clock = clocks.computeIfAbsent(usage, unseen -> new Idle());
        if (--clock.users == 0) {
            clock.until = now.plus(clock.ttl);
        }
    }

    void replied(Answer answer) {
        switch (answer) {
            case Answer.Ready ready -> {
                Instant told = ready.expiresAt();
                Duration ttl = ready.ttl();
                Idle used = clocks.get(ready.instance().usage());
                if (used != null && used.users > 0 && ttl != null) {
                    used.ttl = longer(used.ttl, ttl);
                }
                // What was told while it was held is over when it is released.
                boolean held = isHeld(ready.instance().key(), Instant.MIN);
                if (!ready.instance().foreign() && told != null && !held) {
                    Idle clock = clocks.computeIfAbsent(ready.instance().usage(), unseen -> new Idle());
                    clock.until = told.isAfter(clock.until) ? told : clock.until;
                }
            }
            case Answer.Leased leased -> leases.put(leased.lease().id(), leased.lease());
            case Answer.Released released -> leases.remove(released.lease().id());
            case Answer.Pinned pinned -> {
                if (pinned.pinned()) {
                    pins.add(pinned.model());
                } else {
                    pins.remove(pinned.model());
                }
            }
            default -> {}
        }
    }

    private boolean isHeld(ModelKey model, Instant now) {
        return pins.contains(model)
                || leases.values().stream()
                        .anyMatch(lease ->
                                lease.model().equals(model) && lease.until().isAfter(now));
    }

    void stepped(HostCore.Step step, Instant now) {
        HostState state = step.state();
        heldSince.keySet().removeIf(model -> !isHeld(model, now));
        pins.forEach(model -> heldSince.putIfAbsent(model, now));
        leases.values().stream()
                .filter(lease -> lease.until().isAfter(now))
                .forEach(lease -> heldSince.putIfAbsent(lease.model(), now));
        for (HostAction action : step.actions()) {
            if (action instanceof HostAction.Tell(HostNotice.RearmFailed failed)) {
                troubled = true;
                promises.reach("re-arming failed");
            } else if (action instanceof HostAction.Tell(HostNotice.Rearmed armed)) {
                promises.reach("re-armed");
            } else if (action instanceof HostAction.Tell(HostNotice.UnloadFailed failed)) {
                // One that hangs must not keep others from the host: it is left alone for longer.
                spared = now.plus(Keeper.SPARED_AFTER_FAILURE);
            } else if (action instanceof HostAction.Rearm rearm) {
                Instance instance = state.instances().get(rearm.identifier());
                promises.require(
                        instance != null
                                && (!instance.foreign() || state.holds().wants(instance.key(), now)),
                        "P2: nobody keeps what somebody else has loaded, unless it is held");
            }
        }
        boolean resting = state.running() == null
                && state.queue().isEmpty()
                && state.reach() == HostState.Reach.UP
                && !state.stopping()
                && state.breakers().host().openUntil() == null
                // Nothing is unloaded that lms ps does not call idle, nor where it speaks of another machine.
                && state.watch().rows().failures() == 0
                && state.watch().rows().paths() != Watch.Paths.APART;
        quietSince = state.running() == null ? quietSince : now;
        if (!resting && now.isAfter(restless)) {
            restless = now;
        }
        restless = spared.isAfter(restless) ? spared : restless;
        for (Instance instance : state.instances().values()) {
            Idle clock = clocks.get(instance.usage());
            if (clock != null && clock.users == 0 && instance.inFlight() == 0 && !isHeld(instance.key(), now)) {
                Instant from = restless.isAfter(clock.until) ? restless : clock.until;
                Instant due = from.isBefore(Instant.MAX.minus(LATE)) ? from.plus(LATE) : Instant.MAX;
                promises.require(
                        instance.foreign() || troubled || !due.isBefore(now),
                        "P2: what nobody wants any more is let go in bounded time");
            }
        }
    }

    void begins(Instance instance, boolean forced, HostState state) {
        Instant now = instantOf(state);
        if (!forced) {
            promises.require(!isHeld(instance.key(), now), "P5: nobody is unloaded who is leased or pinned");
        }
        if (state.running() instanceof Operation.Unload unload && unload.cause() == Cause.IDLE) {
            Idle clock = clocks.get(instance.usage());
            promises.reach("let go");
            promises.require(!instance.foreign(), "P5: what somebody else has loaded is left alone");
            promises.require(
                    clock == null || (clock.users == 0 && !clock.until.isAfter(now)),
                    "P2: nobody is let go before the time that was told");
        }
    }

    private static Instant instantOf(HostState state) {
        return state.running() instanceof Operation.Unload unload ? unload.phaseSince() : Instant.MIN;
    }

    /** The host let it go by its own clock. */
    void expired(RoughHost.Resident resident, HostState state, Instant now) {
        Instant since = heldSince.get(resident.key);
        Instance instance = state.instances().get(resident.identifier);
        Instant believed = instance == null ? null : instance.hostEnd(now);
        if (since != null
                && !troubled
                && quietSince.plus(SETTLED).isBefore(now)
                // Looks that take seconds hide from the core when the host's clock began.
                && believed != null
                && !believed.isAfter(now.plusSeconds(5))
                && instance != null
                && instance.isOpen()
                && instance.ttlKnown()
                && isHeld(resident.key, now.plusSeconds(2))
                && !since.plus(SETTLED).isAfter(now)
                && !instance.loadedAt().plus(SETTLED).isAfter(now)) {
            throw promises.broken("P2: what is held is re-armed before the host lets it go", resident.identifier);
        }
    }
}
