package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What befalls a host from outside in one schedule, drawn before it begins. */
final class HostPlan {
    /** So many numbers make a happening, so that whole ones can be taken out of a list. */
    static final int NUMBERS = 8;

    private static final int MOST = 40;
    private static final int SPREAD = 90_000;

    enum Kind {
        ENSURE(56),
        UNLOAD(14),
        HOST_GOES(5),
        APPEARS(3),
        DOUBLES(2),
        VANISHES(4),
        BLINKS(2),
        RESTART(6),
        CLOCK_AHEAD(3),
        CLOCK_BACK(3),
        SHUTDOWN(2);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        private static Kind of(int number) {
            int left = number % 100;
            for (Kind kind : values()) {
                left -= kind.weight;
                if (left < 0) {
                    return kind;
                }
            }
            throw new IllegalStateException("the weights make 100");
        }
    }

    /**
     * A happening.
     *
     * @param at in milliseconds after the begin
     * @param numbers what decides the rest
     */
    record Happening(int place, Kind kind, int at, List<Integer> numbers) {
        boolean chance(int number, int percent) {
            return number(number, 100) >= 100 - percent;
        }

        int number(int number, int bound) {
            return numbers.get(number) % bound;
        }

        String model(List<String> keys, RoughHost host) {
            if (chance(1, 5)) {
                return "nobody/knows";
            }
            return chance(1, 15)
                    ? host.any(number(0, 10)).map(one -> one.identifier).orElse(keys.getFirst())
                    : keys.get(chance(1, 18) ? 3 : number(0, 3));
        }

        HostEvent asks(String caller, String name, Instant now, Instant queueUntil) {
            return kind == Kind.UNLOAD
                    ? new HostEvent.UnloadAsked(caller, name, chance(3, 30), queueUntil)
                    : new HostEvent.EnsureAsked(
                            caller,
                            name,
                            Duration.ofSeconds(1 + number(3, chance(2, 50) ? 30 : 3_600)),
                            chance(4, 10) ? Integer.valueOf(2_048 << number(3, 3)) : null,
                            queueUntil,
                            chance(3, 10) ? now : null);
        }
    }

    private HostPlan() {}

    static List<Happening> draw(Choices choices) {
        List<Happening> all = new ArrayList<>();
        while (all.size() < MOST) {
            List<Integer> numbers = new ArrayList<>();
            for (int each = 0; each < NUMBERS; each++) {
                numbers.add(choices.next(Choices.Subject.PLAN, 1 << 20));
            }
            if (numbers.get(0) % 14 == 0) {
                break;
            }
            all.add(new Happening(
                    all.size(), Kind.of(numbers.get(1)), numbers.get(2) % SPREAD, numbers.subList(3, NUMBERS)));
        }
        return all;
    }
}
