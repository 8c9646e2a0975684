package dev.lmbridge.host;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.InstanceName;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host's core, and whatever a test says that happens to it. Keeps every action that the core has ever wanted. */
final class ScriptedHost {
    static final String QWEN = "qwen/qwen3-4b";
    static final String GEMMA = "google/gemma-3-1b";
    static final Duration TTL = Duration.ofMinutes(10);
    static final Duration PATIENCE = Duration.ofMinutes(2);
    static final Duration SECOND = Duration.ofSeconds(1);

    static final HostPolicy POLICY = new HostPolicy(
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            Duration.ofMillis(250),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            3,
            Duration.ofSeconds(60),
            HostPolicy.Retrying.NEVER,
            HostPolicy.Breaking.NEVER);

    final ManualClock clock = new ManualClock();
    final List<HostAction> actions = new ArrayList<>();
    /** Whether {@code lms ps} answers at once, before each unload, that nobody else uses the instance. */
    boolean idleToAll;

    final HostPolicy policy;
    final HostCore core;
    List<CatalogModel> disk = List.of(model(QWEN, 0), model(GEMMA, 0));
    HostState state = HostState.initial(clock.instant());
    HostView view = HostView.of(state);
    Instant wakeAt = clock.instant();

    ScriptedHost() {
        this(POLICY);
    }

    ScriptedHost(HostPolicy policy) {
        this.policy = policy;
        core = new HostCore(policy, clock);
    }

    /** A host that was just seen, whose core tries three times more and opens its breakers after {@code failures}. */
    static ScriptedHost persistent(int failures) {
        ScriptedHost host = new ScriptedHost(new HostPolicy(
                POLICY.loadTimeout(),
                POLICY.maxLoad(),
                POLICY.commandTimeout(),
                POLICY.verifyWithin(),
                POLICY.pollEvery(),
                POLICY.freshFor(),
                POLICY.observeEvery(),
                POLICY.idleEvery(),
                POLICY.queueCapacity(),
                Duration.ofSeconds(60),
                new HostPolicy.Retrying(3, List.of(SECOND, Duration.ofSeconds(2), Duration.ofSeconds(4)), 0.1),
                new HostPolicy.Breaking(failures, Duration.ofSeconds(60), Duration.ofMinutes(10))));
        host.observed();
        return host;
    }

    static Failure loadFailed(String reason) {
        return Failure.of(FailureCode.MODEL_LOAD_FAILED, "it failed").with("reason", reason);
    }

    /** Lets the longest pause between two attempts pass, with a look before it ends. */
    void pause() {
        clock.advance(Duration.ofMillis(4_500));
        observed(state.instances().keySet().toArray(String[]::new));
        tick();
    }

    static CatalogModel model(String key, long sizeBytes) {
        return new CatalogModel(new ModelKey(key), CatalogModel.Kind.LLM, key, "someone", sizeBytes, 32_768, List.of());
    }

    /** A host that was just seen, with these instances in memory. */
    static ScriptedHost seen(String... identifiers) {
        ScriptedHost host = new ScriptedHost();
        host.observed(identifiers);
        host.rows(Arrays.stream(identifiers).map(id -> row(id, TTL)).toArray(InstanceRow[]::new));
        host.actions.removeIf(HostAction.ReadRows.class::isInstance);
        return host;
    }

    static InstanceRow row(String identifier, @Nullable Duration ttl) {
        return new InstanceRow(identifier, ttl, 4_096, null);
    }

    void on(HostEvent event) {
        HostCore.Step step = core.on(state, event);
        state = step.state();
        view = step.view();
        wakeAt = step.wakeAt();
        actions.addAll(step.actions());
        if (idleToAll) {
            hostIsIdle();
        }
    }

    void ensure(String caller, String name) {
        ensure(caller, name, TTL, null, null);
    }

    void ensure(String caller, String name, Duration ttl, @Nullable Integer context, @Nullable Instant viewSince) {
        on(new HostEvent.EnsureAsked(caller, name, ttl, context, clock.instant().plus(PATIENCE), viewSince));
    }

    void unload(String caller, String name, boolean force) {
        on(new HostEvent.UnloadAsked(caller, name, force, clock.instant().plus(PATIENCE)));
        hostIsIdle();
    }

    /** If it is asked whether an instance is at work: none is. */
    void hostIsIdle() {
        if (state.running() instanceof Operation.Unload unload && unload.stage() == Operation.Unload.Stage.CHECKING) {
            rows(state.instances().values().stream()
                    .map(one -> new InstanceRow(one.identifier(), one.ttl(), 4_096, one.hostLastUsed()))
                    .toArray(InstanceRow[]::new));
        }
    }

    void observed(String... identifiers) {
        observedSince(clock.instant(), identifiers);
    }

    void observedSince(Instant startedAt, String... identifiers) {
        List<LoadedModel> loaded = Arrays.stream(identifiers)
                .map(id -> new LoadedModel(id, new ModelKey(InstanceName.key(id).orElse(id)), 4_096))
                .toList();
        on(new HostEvent.Observed(new Observation(new Catalog(disk), loaded), startedAt));
    }

    void lookFails() {
        on(new HostEvent.ObservationFailed("it did not answer within 2 s", false));
    }

    void refusesConnections() {
        on(new HostEvent.ObservationFailed("nothing listens there", true));
    }

    void processSucceeds() {
        on(new HostEvent.ProcessEnded(operation(), null));
    }

    void processFails(Failure failure) {
        on(new HostEvent.ProcessEnded(operation(), failure));
    }

    void progress(int percent) {
        on(new HostEvent.LoadProgressed(operation(), percent));
    }

    long operation() {
        Operation running = state.running();
        return running == null ? -1 : running.id();
    }

    void rows(InstanceRow... rows) {
        on(new HostEvent.RowsRead(List.of(rows), clock.instant()));
    }

    void tick() {
        on(new HostEvent.Ticked());
    }

    void after(Duration time) {
        clock.advance(time);
        tick();
    }

    /** A whole load: process, appearance, confirmation. */
    void loadCompletes() {
        String identifier = last(HostAction.RunLoad.class).identifier();
        Duration ttl = last(HostAction.RunLoad.class).ttl();
        processSucceeds();
        observed(identifier);
        rows(row(identifier, ttl));
    }

    <T extends HostAction> List<T> all(Class<T> kind) {
        return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends HostAction> T last(Class<T> kind) {
        return all(kind).getLast();
    }

    <T extends HostNotice> List<T> told(Class<T> kind) {
        return all(HostAction.Tell.class).stream()
                .map(HostAction.Tell::notice)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    List<Answer> answersTo(String caller) {
        return all(HostAction.Reply.class).stream()
                .filter(reply -> reply.caller().equals(caller))
                .map(HostAction.Reply::answer)
                .toList();
    }

    /** The one answer to a caller. */
    Answer answerTo(String caller) {
        List<Answer> answers = answersTo(caller);
        if (answers.size() != 1) {
            throw new AssertionError(caller + " has " + answers.size() + " answers: " + answers);
        }
        return answers.getFirst();
    }

    Answer.Ready ready(String caller) {
        Answer answer = answerTo(caller);
        if (answer instanceof Answer.Ready ready) {
            return ready;
        }
        throw new AssertionError(caller + " was answered " + answer);
    }

    Failure refusal(String caller) {
        Answer answer = answerTo(caller);
        if (answer instanceof Answer.Refused refused) {
            return refused.failure();
        }
        throw new AssertionError(caller + " was answered " + answer);
    }

    FailureCode code(String caller) {
        return refusal(caller).code();
    }

    Instance instance(String identifier) {
        Instance instance = state.instances().get(identifier);
        if (instance == null) {
            throw new AssertionError(
                    "no instance " + identifier + " in " + state.instances().keySet());
        }
        return instance;
    }
}
