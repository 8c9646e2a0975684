package dev.lmbridge.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.InstanceName;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.host.HostCore;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.HostPolicy;
import dev.lmbridge.host.HostState;
import dev.lmbridge.host.Instance;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FleetTest {
    private final ManualClock clock = new ManualClock();
    private final HostCore core = new HostCore(
            new HostPolicy(
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(600),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(250),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    3,
                    Duration.ofSeconds(60),
                    HostPolicy.Retrying.NEVER,
                    HostPolicy.Breaking.NEVER),
            clock);
    private final HostHandle one = new HostHandle("one", new HostEndpoint("127.0.0.1", 1, false, null), false);
    private final HostHandle two = new HostHandle("two", new HostEndpoint("127.0.0.1", 2, false, null), false);

    private void up(HostHandle host, List<String> disk, String... identifiers) {
        List<CatalogModel> models = disk.stream()
                .map(key -> new CatalogModel(
                        new ModelKey(key),
                        key.startsWith("embed") ? CatalogModel.Kind.EMBEDDING : CatalogModel.Kind.LLM,
                        key,
                        "",
                        1,
                        1,
                        List.of()))
                .toList();
        List<LoadedModel> loaded = Stream.of(identifiers)
                .map(id -> new LoadedModel(id, new ModelKey(InstanceName.key(id).orElse(id)), 4_096))
                .toList();
        HostEvent seen = new HostEvent.Observed(new Observation(new Catalog(models), loaded), clock.instant());
        host.publish(core.on(HostState.initial(clock.instant()), seen).view());
    }

    private void use(String identifier) {
        Instance instance = two.view().instanceFor(identifier, null).orElseThrow();
        assertThat(instance.admit()).isTrue();
        instance.leave();
    }

    private Fleet fleet(@Nullable String defaultModel) {
        return new Fleet(
                List.of(one, two), Map.of("fast", List.of("small", "big"), "usual", List.of("big")), defaultModel);
    }

    @Test
    void aliasMeansItsFirstKeyAndAnyOtherNameItself() {
        assertThat(fleet(null).resolve("fast")).isEqualTo("small");
        assertThat(fleet(null).resolve("Fast")).isEqualTo("Fast");
    }

    @Test
    void keysOfAnAliasThatSomeHostKnowsAreTheCandidatesInTheirOrder() {
        assertThat(fleet(null).candidates("fast")).as("nobody knows one").containsExactly("small");
        up(two, List.of("big"));
        assertThat(fleet(null).candidates("fast")).containsExactly("big");
        up(one, List.of("small"));
        assertThat(fleet(null).candidates("fast")).containsExactly("small", "big");
        assertThat(fleet("fast").candidates("default")).containsExactly("small", "big");
        assertThat(fleet(null).candidates("other")).containsExactly("other");
    }

    @Test
    void defaultIsWhatIsConfiguredEvenByAnAlias() {
        assertThat(fleet("usual").resolve(null)).isEqualTo("big");
        assertThat(fleet("usual").resolve("default")).isEqualTo("big");
    }

    @Test
    void defaultIsElseTheLanguageModelUsedLastElseAnyOnDisk() {
        assertThat(fleet(null).resolve(null)).isEqualTo("default");
        up(two, List.of("embed", "small", "big"));
        assertThat(fleet(null).resolve(null)).isEqualTo("small");

        up(two, List.of("embed", "small", "big"), "embed~1", "small~1", "big~1");
        use("embed~1");
        assertThat(fleet(null).resolve(null)).isEqualTo("small");
        clock.advance(Duration.ofSeconds(1));
        use("big~1");
        assertThat(fleet(null).resolve(null)).isEqualTo("big");
    }

    @Test
    void aHostThatIsBeingDrainedGetsNothingWhileAnotherHasTheModel() {
        up(one, List.of("small", "big"), "small~1");
        up(two, List.of("small"));
        one.setDraining(true);
        assertThat(fleet(null).route("small", null)).isSameAs(two);
        assertThat(fleet(null).routeToAny("small", null)).isSameAs(one);
        one.setDraining(false);
        assertThat(fleet(null).route("small", null)).isSameAs(one);
    }

    @Test
    void whatOnlyDrainedHostsHaveIsUnavailableAndNotUnknown() {
        up(one, List.of("small", "big"));
        up(two, List.of("small"));
        one.setDraining(true);
        for (ThrowingCallable asked : List.<ThrowingCallable>of(
                () -> fleet(null).route("big", null), () -> fleet(null).route("small", "one"))) {
            assertThatThrownBy(asked)
                    .isInstanceOfSatisfying(
                            FailureException.class,
                            refused -> assertThat(refused.failure().code()).isEqualTo(FailureCode.HOST_UNAVAILABLE))
                    .hasMessageContaining("being drained");
        }
        two.setDraining(true);
        assertThatThrownBy(() -> fleet(null).route("small", null)).hasMessageContaining("being drained");
    }

    @Test
    void requestGoesWhereTheModelIsLoadedElseWhereItIsOnDiskElseToAHostThatIsUp() {
        assertThat(fleet(null).route("big", null)).isSameAs(one);
        up(two, List.of("big"));
        assertThat(fleet(null).route("other", null)).isSameAs(two);
        up(one, List.of("small"));
        assertThat(fleet(null).route("big", null)).isSameAs(two);
        up(one, List.of("big"));
        assertThat(fleet(null).route("big", null)).isSameAs(one);
        up(two, List.of("big"), "big~1");
        assertThat(fleet(null).route("big", null)).isSameAs(two);
    }

    @Test
    void hostThatWasAskedForIsTakenAndAnUnknownOneNamesTheKnown() {
        assertThat(fleet(null).route("big", "two")).isSameAs(two);
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> fleet(null).route("big", "three"))
                .satisfies(error -> {
                    assertThat(error.failure().errors().getFirst().field()).isEqualTo("host");
                    assertThat(error.failure().detail()).contains("one, two");
                });
    }
}
