package dev.lmbridge.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.explain.Happening;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.HostAction;
import dev.lmbridge.host.HostCore;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.HostPolicy;
import dev.lmbridge.host.HostState;
import dev.lmbridge.host.Instance;
import dev.lmbridge.host.InstanceRow;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.observe.Meters;
import dev.lmbridge.store.AuditEntry;
import dev.lmbridge.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real core tells of, and what is remembered of it. */
final class NarratorTest {
    private static final String A = "vendor/a";
    private static final String B = "vendor/b";
    private static final Duration TTL = Duration.ofMinutes(10);

    private final ManualClock clock = new ManualClock();
    private final Chronicle chronicle = new Chronicle(clock);
    private final HostHandle host = new HostHandle("local", new HostEndpoint("127.0.0.1", 1, false, null), false);
    private final Narrator narrator = new Narrator(host, chronicle);
    private final List<AuditEntry> audit = new ArrayList<>();
    private final HostReport report =
            new HostReport(new Meters(new SimpleMeterRegistry()), chronicle, audit::add, clock);
    private final List<HostAction.RunLoad> loads = new ArrayList<>();
    private final HostCore core = new HostCore(policy(), clock);
    private HostState state = HostState.initial(clock.instant());
    private long unload;

    private static HostPolicy policy() {
        Duration second = Duration.ofSeconds(1);
        return new HostPolicy(
                second.multipliedBy(60),
                second.multipliedBy(600),
                second.multipliedBy(30),
                second.multipliedBy(20),
                Duration.ofMillis(250),
                second.multipliedBy(2),
                second,
                second.multipliedBy(10),
                3,
                second.multipliedBy(60),
                new HostPolicy.Retrying(3, List.of(second), 0),
                new HostPolicy.Breaking(3, second.multipliedBy(60), second.multipliedBy(600)));
    }

    private void on(HostEvent event) {
        HostCore.Step step = core.on(state, event);
        state = step.state();
        host.publish(step.view());
        for (HostAction action : step.actions()) {
            switch (action) {
                case HostAction.Tell tell -> report.tell(narrator, tell.notice());
                case HostAction.Reply reply -> narrator.answered(reply.caller(), reply.answer());
                case HostAction.RunLoad load -> loads.add(load);
                case HostAction.RunUnload run -> unload = run.operation();
                default -> {}
            }
        }
    }

    private void ensure(String name, @Nullable String request) {
        ask(
                new HostEvent.EnsureAsked(
                        "caller of " + request, name, TTL, null, clock.instant().plusSeconds(120), null),
                request);
    }

    private void unload(String name, String request) {
        ask(
                new HostEvent.UnloadAsked(
                        "caller of " + request, name, false, clock.instant().plusSeconds(120)),
                request);
    }

    private void ask(HostEvent event, @Nullable String request) {
        narrator.asked(event, request);
        on(event);
    }

    private void observed(String... identifiers) {
        List<CatalogModel> disk = Stream.of(A, B)
                .map(key ->
                        new CatalogModel(new ModelKey(key), CatalogModel.Kind.LLM, key, "vendor", 0, 4_096, List.of()))
                .toList();
        List<LoadedModel> loaded = Arrays.stream(identifiers)
                .map(id -> new LoadedModel(id, new ModelKey(id.substring(0, id.indexOf('~'))), 4_096))
                .toList();
        on(new HostEvent.Observed(new Observation(new Catalog(disk), loaded), clock.instant()));
    }

    private static Failure failed(String detail) {
        return Failure.of(FailureCode.MODEL_LOAD_FAILED, detail).with("reason", "exit");
    }

    private void processEnds(@Nullable Failure failure) {
        on(new HostEvent.ProcessEnded(loads.getLast().operation(), failure));
    }

    private void loadCompletes() {
        String identifier = loads.getLast().identifier();
        processEnds(null);
        List<String> all = new ArrayList<>(state.instances().keySet());
        all.add(identifier);
        observed(all.toArray(String[]::new));
        on(new HostEvent.RowsRead(List.of(new InstanceRow(identifier, TTL, 4_096, null)), clock.instant()));
    }

    private List<String> story(String request) {
        return chronicle.accountOf(request).orElseThrow().events().stream()
                .map(Happening::event)
                .toList();
    }

    private List<String> eventsOf(String model) {
        return chronicle.eventsOf(model).stream().map(Happening::event).toList();
    }

    private Happening event(String model, String name) {
        return chronicle.eventsOf(model).stream()
                .filter(one -> one.event().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @BeforeEach
    void theHostWasSeen() {
        observed();
    }

    @Test
    void aRequestBehindAnotherLoadIsToldSoAndEverythingUntilItsModelIsThere() {
        ensure(A, "first");
        ensure(B, "second");
        loadCompletes();
        assertThat(story("second")).containsExactly("model.queued", "model.loading");
        processEnds(failed("Exit code: 6"));
        clock.advance(Duration.ofMillis(1_500));
        observed(A + "~1");
        on(new HostEvent.Ticked());
        loadCompletes();
        var account = chronicle.accountOf("second").orElseThrow();
        assertThat(account.model()).isEqualTo(B);
        assertThat(account.host()).isEqualTo("local");
        Happening queued = account.events().getFirst();
        assertThat(queued.facts())
                .containsEntry("position", 1)
                .containsEntry("behind", List.of("the load of " + A))
                .containsEntry("request", "second");
        assertThat(queued.detail()).contains("behind the load of " + A);
        assertThat(story("second"))
                .startsWith("model.queued", "model.loading", "model.load_failed", "model.retrying", "model.loading");
        assertThat(account.events().get(2).detail()).contains("Exit code: 6");
        assertThat(account.events().get(4).facts()).containsEntry("attempt", 2);
    }

    @Test
    void whoJoinsALoadIsToldWithWhomAndOnlyWhatCameAfter() {
        ensure(A, "first");
        ensure(A, "second");
        loadCompletes();
        assertThat(story("first"))
                .containsExactly("model.queued", "model.loading", "model.loaded", "model.verified", "request.ready");
        assertThat(story("second"))
                .containsExactly("request.joined", "model.loaded", "model.verified", "request.ready");
        assertThat(chronicle
                        .accountOf("second")
                        .orElseThrow()
                        .events()
                        .getFirst()
                        .facts())
                .containsEntry("with", "first")
                .containsEntry("underWay", true)
                .containsEntry("others", 1);
    }

    @Test
    void whoFindsTheModelThereHasNoStoryAndChangesNoneOfTheModel() {
        ensure(A, "first");
        loadCompletes();
        List<String> before = eventsOf(A);
        ensure(A, "warm");
        assertThat(chronicle.accountOf("warm")).isEmpty();
        assertThat(eventsOf(A)).isEqualTo(before);
    }

    @Test
    void aModelTellsForWhomItWasLoadedAndWhyItWent() {
        ensure(A, "first");
        loadCompletes();
        assertThat(event(A, "model.loading").facts())
                .containsEntry("request", "first")
                .containsEntry("rule", "asked")
                .containsEntry("ttlSeconds", 600L);
        clock.advance(TTL);
        observed();
        assertThat(eventsOf(A)).last().isEqualTo("model.expired");
        assertThat(event(A, "model.expired").facts()).containsEntry("rule", "ttl");
    }

    @Test
    void aModelTellsWhoUnloadedIt() {
        ensure(A, "first");
        loadCompletes();
        unload(A, "tidy");
        on(new HostEvent.RowsRead(List.of(new InstanceRow(A + "~1", TTL, 4_096, null)), clock.instant()));
        assertThat(story("tidy")).containsExactly("model.unload_queued", "model.unloading");
        on(new HostEvent.ProcessEnded(unload, null));
        clock.advance(Duration.ofMillis(10));
        observed();
        assertThat(event(A, "model.unloaded").facts()).containsEntry("request", "tidy");
    }

    @Test
    void theAuditNamesTheRequestThatALoadOrUnloadWasDoneFor() {
        ensure(A, "first");
        ensure(A, "joined");
        processEnds(failed("Exit code: 6"));
        clock.advance(Duration.ofMillis(1_500));
        observed();
        on(new HostEvent.Ticked());
        loadCompletes();
        unload(A, "tidy");
        on(new HostEvent.RowsRead(List.of(new InstanceRow(A + "~1", TTL, 4_096, null)), clock.instant()));
        on(new HostEvent.ProcessEnded(unload, null));
        clock.advance(Duration.ofMillis(10));
        observed();
        ensure(B, null);
        loadCompletes();
        assertThat(audit)
                .extracting(AuditEntry::actor, AuditEntry::action, AuditEntry::requestId)
                .containsExactly(
                        tuple("bridge", "load_failed", "first"),
                        tuple("bridge", "loaded", "first"),
                        tuple("bridge", "unloaded", "tidy"),
                        tuple("bridge", "loaded", null));
    }

    @Test
    void aModelInUseIsKeptAndTellsWhoWantedItGone() {
        ensure(A, "first");
        loadCompletes();
        Instance used = host.view().instanceFor(A, null).orElseThrow();
        assertThat(used.admit()).isTrue();
        assertThat(used.identifier()).isEqualTo(A + "~1");
        unload(A, "tidy");
        used.leave();
        assertThat(event(A, "model.kept").facts())
                .containsEntry("rule", "in_use")
                .containsEntry("request", "tidy");
        assertThat(story("tidy")).containsExactly("request.refused");
    }

    @Test
    void refusalsBehindABreakerAreCountedInOneEvent() {
        ensure(A, "first");
        for (int attempt = 0; attempt < 3; attempt++) {
            processEnds(failed("It failed."));
            clock.advance(Duration.ofMillis(1_500));
            observed();
            on(new HostEvent.Ticked());
        }
        assertThat(story("first")).contains("breaker.opened").last().isEqualTo("request.refused");
        for (int each = 0; each < 100; each++) {
            ensure(A, "late-" + each);
        }
        Happening last = chronicle.eventsOf(A).getLast();
        assertThat(last.event()).isEqualTo("model.refused");
        assertThat(last.facts()).containsEntry("rule", "circuit_open");
        assertThat(last.times()).isEqualTo(100);
    }

    @Test
    void aNameThatNoHostKnowsIsNoModelOfTheChronicle() {
        ensure("made/up", "r");
        assertThat(story("r")).contains("request.refused");
        assertThat(chronicle.eventsOf("made/up")).isEmpty();
    }

    @Test
    void whoLeavesHasAnEnd() {
        ensure(A, "first");
        narrator.left("caller of first");
        on(new HostEvent.CallerLeft("caller of first"));
        assertThat(chronicle.accountOf("first").orElseThrow().outcome()).isEqualTo("client_gone");
    }

    @Test
    void aPeerOnTheBusHasNoStoryButTheModelTellsOfIt() {
        ensure(A, null);
        assertThat(event(A, "model.queued").detail()).contains("peer on the event bus");
        assertThat(event(A, "model.queued").at()).isEqualTo(clock.instant());
    }
}
