package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class InstanceTest {
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualClock clock = new ManualClock();
    private final Instant loadedAt = clock.instant();

    private Instance instance(String identifier, boolean foreign, Instant since, @Nullable Instant hostLastUsed) {
        return new Instance(
                identifier,
                new ModelKey("a/model"),
                foreign,
                4_096,
                TTL,
                true,
                since,
                since,
                hostLastUsed,
                new Usage(clock));
    }

    private Instance own(String identifier) {
        return instance(identifier, false, loadedAt, null);
    }

    private static String chosen(String name, @Nullable Integer context, Instance... instances) {
        return Selection.choose(List.of(instances), name, context)
                .map(Instance::identifier)
                .orElse("none");
    }

    private void use(Instance instance) {
        assertThat(instance.admit()).isTrue();
        instance.leave();
    }

    @Test
    void theLaterOfOurUseAndTheHostsCounts() {
        Instant early = loadedAt.plusSeconds(5);
        Instance toldOf = instance("m", false, loadedAt, early);
        assertThat(toldOf.lastUsed()).isEqualTo(early);
        clock.set(early.minusMillis(1));
        use(toldOf);
        assertThat(toldOf.lastUsed()).isEqualTo(early);
        clock.set(early.plusMillis(1));
        use(toldOf);
        assertThat(toldOf.lastUsed()).isEqualTo(early.plusMillis(1));

        Instance untold = own("n");
        assertThat(untold.lastUsed()).isNull();
        use(untold);
        assertThat(untold.lastUsed()).isEqualTo(clock.instant());
    }

    @Test
    void itExpiresItsTtlAfterTheLastUseThatIsNotOlderThanItself() {
        Instant now = loadedAt.plusSeconds(60);
        assertThat(own("m").hostEnd(now)).isEqualTo(loadedAt.plus(TTL));
        assertThat(instance("m", false, loadedAt, loadedAt.minus(SECOND)).hostEnd(now))
                .isEqualTo(loadedAt.plus(TTL));
        assertThat(instance("m", false, loadedAt, loadedAt.plus(SECOND)).hostEnd(now))
                .isEqualTo(loadedAt.plus(SECOND).plus(TTL));
    }

    @Test
    void whileItIsInUseItsIdleTimeDoesNotBegin() {
        Instance busy = own("m");
        Instant now = loadedAt.plusSeconds(60);
        assertThat(busy.admit()).isTrue();
        assertThat(busy.hostEnd(now)).isEqualTo(now.plus(TTL));
    }

    @Test
    void contextOfExactlyTheTokensAskedForFits() {
        assertThat(own("m").fits(4_096)).isTrue();
        assertThat(own("m").fits(4_097)).isFalse();
        assertThat(own("m").fits(null)).isTrue();
        assertThat(own("m").seenAt(loadedAt, null).fits(4_096)).isTrue();
        assertThat(own("m").seenAt(loadedAt, 2_048).fits(4_096)).isFalse();
    }

    @Test
    void aClosedInstanceAdmitsNobodyAndIsNotChosen() {
        Instance closed = own("a/model~1");
        closed.usage().gate().close();
        assertThat(closed.admit()).isFalse();
        assertThat(chosen("a/model", null, closed)).isEqualTo("none");
    }

    @Test
    void ourOwnIsChosenBeforeAnothersThenTheLeastBusyThenTheOldest() {
        Instance foreign = instance("a/model", true, loadedAt.minusSeconds(9), null);
        Instance older = own("a/model~1");
        Instance younger = instance("a/model~2", false, loadedAt.plusSeconds(9), null);
        assertThat(chosen("a/model", null, foreign, younger, older)).isEqualTo("a/model~1");
        assertThat(chosen("a/model", null, older, younger, foreign)).isEqualTo("a/model~1");
        assertThat(older.admit()).isTrue();
        assertThat(chosen("a/model", null, foreign, older, younger)).isEqualTo("a/model~2");
    }

    @Test
    void whoNamesAnInstanceGetsThatOneIfItsContextFits() {
        Instance busy = own("a/model~1");
        assertThat(busy.admit()).isTrue();
        assertThat(chosen("a/model~1", null, own("a/model~2"), busy)).isEqualTo("a/model~1");
        assertThat(chosen("a/model~1", 8_192, busy)).isEqualTo("none");
        assertThat(chosen("a/model~3", null, busy)).isEqualTo("none");
    }
}
