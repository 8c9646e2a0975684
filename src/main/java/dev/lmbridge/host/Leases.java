package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds that people and programs take, and give back: leases and pins. */
final class Leases {
    /** How many leases a host keeps. */
    static final int MOST = 10_000;

    private Leases() {}

    /** A lease on a model that is not loaded loads it; whoever asked does not wait for that. */
    static void take(Turn turn, HostEvent.LeaseAsked asked) {
        Optional<ModelKey> model = key(turn, asked.name());
        if (model.isEmpty()) {
            turn.refuse(asked.caller(), Failure.modelNotFound(asked.name(), turn.catalog.nearest(asked.name())));
            return;
        }
        if (turn.holds.leases().size() >= MOST) {
            turn.refuse(
                    asked.caller(),
                    Failure.of(
                                    FailureCode.QUEUE_FULL,
                                    "This host has " + MOST + " leases already. Release some, or let them end.")
                            .withRetryAfter(Requests.QUEUE_RETRY));
            return;
        }
        Lease lease =
                new Lease(asked.id(), model.get(), asked.owner(), asked.ttl(), turn.now, turn.now.plus(asked.ttl()));
        turn.holds = turn.holds.with(turn.holds.leases().with(lease));
        turn.tell(new HostNotice.LeaseCreated(lease));
        Keeper.load(turn, model.get());
        answer(turn, asked.caller(), lease);
    }

    private static Optional<ModelKey> key(Turn turn, String name) {
        List<Instance> named = Requests.named(turn, name);
        return named.isEmpty()
                ? turn.catalog.find(name).map(CatalogModel::key)
                : Optional.of(named.getFirst().key());
    }

    private static void answer(Turn turn, String caller, Lease lease) {
        turn.reply(caller, new Answer.Leased(lease, isLoaded(turn, lease.model())));
    }

    private static boolean isLoaded(Turn turn, ModelKey model) {
        return Selection.choose(turn.instances.values(), model.value(), null).isPresent();
    }

    static void renew(Turn turn, HostEvent.LeaseRenewed asked) {
        Lease lease = turn.holds.leases().find(asked.id());
        if (lease == null) {
            turn.refuse(asked.caller(), unknown(asked.id()));
            return;
        }
        Lease renewed = lease.renewed(asked.ttl() == null ? lease.ttl() : asked.ttl(), turn.now);
        turn.holds = turn.holds.with(turn.holds.leases().with(renewed));
        turn.tell(new HostNotice.LeaseRenewed(renewed));
        answer(turn, asked.caller(), renewed);
    }

    static void release(Turn turn, HostEvent.LeaseReleased asked) {
        Lease lease = turn.holds.leases().find(asked.id());
        if (lease == null) {
            turn.refuse(asked.caller(), unknown(asked.id()));
            return;
        }
        turn.holds = turn.holds.with(turn.holds.leases().without(one -> one.id().equals(lease.id())));
        turn.tell(new HostNotice.LeaseReleased(lease));
        turn.reply(asked.caller(), new Answer.Released(lease));
    }

    static Failure unknown(String id) {
        return Failure.of(
                FailureCode.NOT_FOUND,
                "There is no lease '" + id + "': it was released, it has ended, or it never was.");
    }

    static void expire(Turn turn) {
        LeaseBook book = turn.holds.leases();
        if (book.firstEnd().isAfter(turn.now)) {
            return;
        }
        for (Lease lease : book.all()) {
            if (!lease.until().isAfter(turn.now)) {
                turn.tell(new HostNotice.LeaseExpired(lease));
            }
        }
        turn.holds = turn.holds.with(book.without(lease -> !lease.until().isAfter(turn.now)));
    }

    /** Pins a model, and loads it if it is not there; or takes its pin away. */
    static void pin(Turn turn, HostEvent.PinAsked asked) {
        Optional<ModelKey> model = key(turn, asked.name())
                .or(() -> turn.holds.pins().keySet().stream()
                        .filter(pinned -> !asked.pinned() && pinned.value().equals(asked.name()))
                        .findFirst());
        if (model.isEmpty()) {
            turn.refuse(asked.caller(), Failure.modelNotFound(asked.name(), turn.catalog.nearest(asked.name())));
            return;
        }
        ModelKey key = model.get();
        Map<ModelKey, Pin> pins = new LinkedHashMap<>(turn.holds.pins());
        if (asked.pinned()) {
            Optional<Failure> smaller = isLoadedWith(turn, key, asked.contextLength())
                    ? Optional.empty()
                    : Requests.smallerContext(turn, key, asked.contextLength());
            if (smaller.isPresent()) {
                turn.refuse(asked.caller(), smaller.get());
                return;
            }
            pins.put(key, new Pin(asked.contextLength(), true));
        } else {
            pins.remove(key);
        }
        turn.holds = turn.holds.withPins(pins);
        turn.tell(new HostNotice.Pinned(key, asked.contextLength(), asked.pinned()));
        if (asked.pinned()) {
            Keeper.load(turn, key);
        }
        turn.reply(asked.caller(), new Answer.Pinned(key, asked.pinned(), isLoaded(turn, key)));
    }

    private static boolean isLoadedWith(Turn turn, ModelKey key, @Nullable Integer context) {
        return Selection.choose(turn.instances.values(), key.value(), context).isPresent();
    }

    /** Why a model is not unloaded without force though nobody uses it. */
    static Optional<Failure> refusal(Turn turn, ModelKey model) {
        if (turn.holds.isPinned(model)) {
            return Optional.of(
                    Failure.of(FailureCode.MODEL_BUSY, "'" + model + "' is pinned. Unpin it, or unload with force."));
        }
        int leases = turn.holds.leases().of(model);
        return leases == 0
                ? Optional.empty()
                : Optional.of(Failure.of(
                                FailureCode.MODEL_BUSY,
                                "'" + model + "' is held by " + leases
                                        + " lease(s). Wait for their end, release them, or unload with force.")
                        .with("leases", leases));
    }
}
