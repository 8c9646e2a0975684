package dev.lmbridge.host;

import static dev.lmbridge.host.Choices.Subject.HOLD;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.RoughHost.Resident;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What befalls a host of leases, pins and idle clocks: people hold models and let them go, others use them past the bridge. */
final class HoldSchedule {
    private static final int MOST = 12;
    private static final int SPREAD = 90_000;

    private final Agenda agenda;
    private final Choices choices;
    private final RoughHost host;
    private final List<String> keys;
    private final BooleanSupplier up;
    private final BiConsumer<String, HostEvent> ask;
    private final Consumer<HostEvent> tell;
    private int toCome;
    private int rearming;
    private int life;
    private int asked;

    HoldSchedule(
            Agenda agenda,
            Choices choices,
            RoughHost host,
            List<String> keys,
            BooleanSupplier up,
            BiConsumer<String, HostEvent> ask,
            Consumer<HostEvent> tell) {
        this.agenda = agenda;
        this.choices = choices;
        this.host = host;
        this.keys = keys;
        this.up = up;
        this.ask = ask;
        this.tell = tell;
    }

    void plan() {
        if (!choices.chance(HOLD, 50)) {
            return;
        }
        int number = choices.next(HOLD, MOST);
        for (int each = 0; each < number; each++) {
            int what = choices.next(HOLD, 8);
            String key = keys.get(choices.next(HOLD, 3));
            int time = choices.next(HOLD, 60_000);
            toCome++;
            agenda.in(choices.next(HOLD, SPREAD), () -> {
                toCome--;
                befall(what, key, time);
            });
        }
    }

    private void befall(int what, String key, int time) {
        if (what >= 6) {
            othersUse(key, time);
            return;
        }
        if (!up.getAsBoolean()) {
            return;
        }
        String caller = "holder-" + asked++;
        Duration ttl = Duration.ofMillis(1_000 + time);
        ask.accept(
                caller,
                switch (what) {
                    case 0, 1 -> new HostEvent.LeaseAsked(caller, "lease-" + asked, key, "somebody", ttl);
                    case 2 -> new HostEvent.LeaseRenewed(caller, "lease-" + time % (asked + 1), ttl);
                    case 3 -> new HostEvent.LeaseReleased(caller, "lease-" + time % (asked + 1));
                    case 4 -> new HostEvent.PinAsked(caller, key, null, true);
                    default -> new HostEvent.PinAsked(caller, key, null, false);
                });
    }

    private void othersUse(String key, int time) {
        host.all().stream()
                .filter(one -> one.key.equals(new ModelKey(key)))
                .findFirst()
                .ifPresent(one -> {
                    one.users++;
                    agenda.in(time, () -> done(one));
                });
    }

    private void done(Resident resident) {
        resident.users--;
        resident.lastUsed = agenda.now();
    }

    /** How long the next request wants its model kept. */
    Duration ttl() {
        return Duration.ofSeconds(1 + choices.next(HOLD, choices.chance(HOLD, 30) ? 3_600 : 20));
    }

    /** The host works for a request, until what is returned is run. */
    Runnable use(String identifier) {
        Resident resident = host.find(identifier);
        if (resident == null) {
            return () -> {};
        }
        resident.users++;
        return () -> done(resident);
    }

    void rearm(HostAction.Rearm rearm, HostState state) {
        int mine = life;
        boolean fails = choices.chance(HOLD, 10) || host.down || !host.holds(rearm.identifier());
        Runnable done = fails ? () -> {} : use(rearm.identifier());
        rearming++;
        agenda.in(choices.next(HOLD, fails ? 5_000 : 500), () -> {
            done.run();
            if (mine == life) {
                rearming--;
                tell.accept(new HostEvent.Rearmed(
                        rearm.identifier(), fails ? Failure.of(FailureCode.UPSTREAM_ERROR, "no answer") : null));
            }
        });
    }

    void died() {
        life++;
        rearming = 0;
    }

    boolean isQuiet() {
        return toCome == 0 && rearming == 0;
    }
}
