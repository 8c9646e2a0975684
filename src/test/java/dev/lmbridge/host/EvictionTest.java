package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.host.Eviction.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class EvictionTest {
    private static final long GIB = 1L << 30;

    @Test
    void theLeastWorthGoFirstAndNoMoreThanNeeded() {
        assertThat(chosen(3, one("a", 2, 5), one("b", 2, 1), one("c", 2, 3))).hasValue(List.of("b", "c"));
    }

    @Test
    void whatALaterOneMakesSuperfluousStays() {
        assertThat(chosen(4, one("small", 1, 1), one("large", 4, 2))).hasValue(List.of("large"));
    }

    @Test
    void ofEqualWorthTheLargerGoes() {
        assertThat(chosen(1, one("small", 1, 1), one("large", 2, 1))).hasValue(List.of("large"));
    }

    @Test
    void whatFreesNothingStays() {
        assertThat(chosen(1, one("nothing", 0, 0), one("some", 1, 9))).hasValue(List.of("some"));
    }

    @Test
    void thereIsNoChoiceWhereAllTogetherAreTooLittle() {
        assertThat(chosen(5, one("a", 2, 1), one("b", 2, 1))).isEmpty();
        assertThat(chosen(4, one("a", 2, 1), one("b", 2, 1))).hasValue(List.of("a", "b"));
    }

    @Test
    void nobodyGoesForNothing() {
        assertThat(chosen(0, one("a", 2, 1))).hasValue(List.of());
    }

    @Test
    void whatLoadsFastWasLongUnusedOrIsLargeIsWorthLess() {
        Duration second = Duration.ofSeconds(1);
        double usual = Eviction.worth(GIB, second.multipliedBy(10), second);
        assertThat(Eviction.worth(GIB, second, second)).isLessThan(usual);
        assertThat(Eviction.worth(GIB, second.multipliedBy(10), second.multipliedBy(60)))
                .isLessThan(usual);
        assertThat(Eviction.worth(2 * GIB, second.multipliedBy(10), second)).isLessThan(usual);
        assertThat(Eviction.worth(GIB, second.multipliedBy(10), second.negated()))
                .isEqualTo(Eviction.worth(GIB, second.multipliedBy(10), Duration.ZERO));
    }

    @Test
    void aLoadThatWasNotSeenIsTakenToReadADisk() {
        assertThat(Eviction.worth(GIB, Duration.ZERO, Duration.ZERO))
                .isEqualTo(Eviction.worth(GIB, Duration.ofSeconds(5), Duration.ZERO));
    }

    /** Against every subset of small sets: a choice is made exactly where there is one, and none of it could stay. */
    @Test
    void anyChoiceIsEnoughAndLeavesNobodyOutWhoCouldStay() {
        SplittableRandom random = new SplittableRandom(1);
        for (int run = 0; run < 20_000; run++) {
            List<Candidate> all = new ArrayList<>();
            for (int each = random.nextInt(7); each > 0; each--) {
                all.add(one("m" + each, random.nextInt(6), random.nextInt(4)));
            }
            long needed = random.nextInt(16);
            long sum = all.stream().mapToLong(Candidate::bytes).sum();
            Optional<List<Candidate>> chosen = Eviction.choose(all, needed);
            assertThat(chosen.isPresent()).isEqualTo(sum >= needed);
            chosen.ifPresent(some -> {
                long freed = some.stream().mapToLong(Candidate::bytes).sum();
                assertThat(freed).isGreaterThanOrEqualTo(needed);
                assertThat(some)
                        .doesNotHaveDuplicates()
                        .allSatisfy(victim -> assertThat(freed - victim.bytes()).isLessThan(needed));
            });
        }
    }

    private static Candidate one(String identifier, long bytes, double worth) {
        return new Candidate(identifier, bytes, worth);
    }

    private static Optional<List<String>> chosen(long needed, Candidate... candidates) {
        return Eviction.choose(List.of(candidates), needed)
                .map(some -> some.stream().map(Candidate::identifier).toList());
    }
}
