package dev.lmbridge.loader;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.host.Doubt;
import dev.lmbridge.host.HostAction;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.InstanceRow;
import dev.lmbridge.lms.InstalledLms;
import dev.lmbridge.lms.LmsCall;
import dev.lmbridge.lms.LmsCli;
import dev.lmbridge.lms.LmsCommand;
import dev.lmbridge.lms.LmsFailure;
import dev.lmbridge.lms.LmsFailures;
import dev.lmbridge.lms.LmsInstance;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.lms.LmsOutput;
import dev.lmbridge.lms.LmsOutputException;
import dev.lmbridge.lms.LmsProgress;
import dev.lmbridge.settings.ModelSettings;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One host's calls of {@code lms}, started off the event loop and answered on the caller's context. Used from one context.
 */
public final class LmsCalls {
    /** {@code lms ps} lists, then asks for each row: an instance that goes in between fails the whole call. Once more will do. */
    private static final int ROW_READS = 2;

    private final Vertx vertx;
    private final InstalledLms installed;
    private final @Nullable HostLoads hostLoads;
    private final Map<String, ModelSettings.Profile> profiles;
    private final HostReport report;
    private final @Nullable Intents intents;
    private final Map<Long, LmsCall> operations = new HashMap<>();
    private final Map<LmsCall, Boolean> running = new HashMap<>();
    private boolean ended;

    /**
     * The calls of one host.
     *
     * @param cli null where there is no {@code lms}: then every call fails as such
     * @param profiles how models are loaded, by key
     * @param intents null where nothing is driven, so that there is nothing to note
     */
    public LmsCalls(
            Vertx vertx,
            @Nullable LmsCli cli,
            Map<String, ModelSettings.Profile> profiles,
            HostReport report,
            @Nullable Intents intents) {
        this(vertx, InstalledLms.fixed(cli), null, profiles, report, intents);
    }

    /**
     * The calls of one host whose {@code lms} may come later.
     *
     * @param hostLoads what loads and unloads as long as there is none; null if nothing does
     */
    public LmsCalls(
            Vertx vertx,
            InstalledLms installed,
            @Nullable HostLoads hostLoads,
            Map<String, ModelSettings.Profile> profiles,
            HostReport report,
            @Nullable Intents intents) {
        this.vertx = vertx;
        this.installed = installed;
        this.hostLoads = hostLoads;
        this.profiles = Map.copyOf(profiles);
        this.report = report;
        this.intents = intents;
    }

    /** Ends what a run before has left running; succeeds with the models that it may have loaded. */
    Future<Map<ModelKey, Doubt>> recover() {
        Intents noted = intents;
        return noted == null ? Future.succeededFuture(Map.of()) : vertx.executeBlocking(noted::recover, false);
    }

    /** What became of the load; never fails. */
    Future<HostEvent.ProcessEnded> load(HostAction.RunLoad load, IntConsumer percent) {
        return degraded()
                .compose(without -> without.isPresent()
                        ? without.get().load(load, profiles.get(load.key().value()))
                        : loadByLms(load, percent)
                                .map(failure -> new HostEvent.ProcessEnded(load.operation(), failure.orElse(null))));
    }

    /** What serves instead of {@code lms}, as long as that is not there. */
    private Future<Optional<HostLoads>> degraded() {
        HostLoads without = hostLoads;
        return without == null || installed.known().isPresent()
                ? Future.succeededFuture(Optional.empty())
                : vertx.executeBlocking(installed::find, false)
                        .map(found -> found.isPresent() ? Optional.<HostLoads>empty() : Optional.of(without))
                        .otherwise(Optional.of(without));
    }

    private Future<Optional<Failure>> loadByLms(HostAction.RunLoad load, IntConsumer percent) {
        LmsCommand command = command(load);
        var context = vertx.getOrCreateContext();
        LmsProgress progress = reached -> context.runOnContext(ignored -> percent.accept(reached));
        return run("load", command, load.deadline(), progress, load.operation(), mark -> note(mark, load))
                .map(outcome -> failure(command, outcome, load.key().value()))
                .otherwise(error -> Optional.of(BusFailures.of(error)));
    }

    private LmsCommand command(HostAction.RunLoad load) {
        ModelSettings.Profile profile = profiles.get(load.key().value());
        Integer context = load.contextLength();
        return new LmsCommand.Load(
                load.key().value(),
                load.identifier(),
                load.ttl(),
                context == null && profile != null ? profile.contextLength() : context,
                profile == null ? null : profile.gpu(),
                profile == null ? null : profile.parallel());
    }

    /** What became of the unload; never fails. An instance that was gone already is a success. */
    Future<HostEvent.ProcessEnded> unload(HostAction.RunUnload unload) {
        return degraded()
                .compose(without -> without.isPresent()
                        ? without.get().unload(unload)
                        : unloadByLms(unload)
                                .map(failure -> new HostEvent.ProcessEnded(unload.operation(), failure.orElse(null))));
    }

    private Future<Optional<Failure>> unloadByLms(HostAction.RunUnload unload) {
        LmsCommand command = new LmsCommand.Unload(unload.identifier());
        return run("unload", command, unload.deadline(), percent -> {}, unload.operation(), mark -> note(mark, unload))
                .map(outcome -> LmsFailures.classify(command, outcome)
                        .filter(failure -> failure.kind() != LmsFailure.Kind.RACED)
                        .map(failure -> LmsVerdicts.ofUnload(failure, unload.identifier())))
                .otherwise(error -> Optional.of(BusFailures.of(error)));
    }

    /** What {@code lms ps --json} lists; fails with a {@link FailureException}. */
    Future<List<InstanceRow>> rows(Duration deadline) {
        return degraded().compose(without -> without.isPresent() ? without.get().rows() : rows(deadline, ROW_READS));
    }

    private Future<List<InstanceRow>> rows(Duration deadline, int reads) {
        LmsCommand command = new LmsCommand.Ps();
        return run("ps", command, deadline, percent -> {}, null, mark -> {}).compose(outcome -> {
            Optional<LmsFailure> failure = LmsFailures.classify(command, outcome);
            if (failure.isEmpty()) {
                return Future.succeededFuture(parsed(outcome));
            }
            return failure.get().kind() == LmsFailure.Kind.RACED && reads > 1
                    ? rows(deadline, reads - 1)
                    : Future.failedFuture(
                            LmsVerdicts.of(failure.get(), "lms ps").asException());
        });
    }

    /** Succeeds with the event that tells what a load would need, or why that is not known. */
    Future<HostEvent> estimate(HostAction.Estimate estimate) {
        ModelSettings.Profile profile = profiles.get(estimate.key().value());
        Integer context = estimate.contextLength();
        LmsCommand command = new LmsCommand.Estimate(
                estimate.key().value(),
                context == null && profile != null ? profile.contextLength() : context,
                profile == null ? null : profile.gpu());
        return run("estimate", command, estimate.deadline(), percent -> {}, null, mark -> {})
                .map(outcome -> LmsFailures.classify(command, outcome)
                        .map(failure -> estimated(
                                estimate,
                                null,
                                LmsVerdicts.of(failure, estimate.key().value())))
                        .orElseGet(() -> estimated(
                                estimate, LmsOutput.estimatedBytes(outcome).orElseThrow(), null)))
                .otherwise(error -> estimated(estimate, null, BusFailures.of(error)));
    }

    private static HostEvent estimated(HostAction.Estimate estimate, @Nullable Long bytes, @Nullable Failure failure) {
        return new HostEvent.Estimated(estimate.key(), estimate.contextLength(), bytes, failure);
    }

    void postpone(long operation, Duration deadline) {
        LmsCall call = operations.get(operation);
        if (call != null) {
            call.postpone(deadline);
        }
    }

    void interrupt(long operation) {
        LmsCall call = operations.get(operation);
        if (call != null) {
            call.cancel();
        } else if (hostLoads != null) {
            hostLoads.interrupt(operation);
        }
    }

    /** Ends every process and begins none; done when all are reaped, which the calls themselves bound. */
    Future<?> endAll() {
        ended = true;
        if (hostLoads != null) {
            hostLoads.endAll();
        }
        List<Future<LmsOutcome>> outcomes = running.keySet().stream()
                .map(call -> Future.fromCompletionStage(call.outcome(), vertx.getOrCreateContext()))
                .toList();
        running.keySet().forEach(LmsCall::cancel);
        return Future.join(outcomes);
    }

    private Future<LmsOutcome> run(
            String name,
            LmsCommand command,
            Duration deadline,
            LmsProgress progress,
            @Nullable Long operation,
            Consumer<String> note) {
        var context = vertx.getOrCreateContext();
        String mark = UUID.randomUUID().toString();
        return vertx.executeBlocking(
                        () -> {
                            LmsCli lms = installed
                                    .find()
                                    .orElseThrow(
                                            () -> LmsVerdicts.notInstalled("").asException());
                            note.accept(mark);
                            return lms.start(command, deadline, progress, mark);
                        },
                        false)
                .compose(call -> {
                    running.put(call, true);
                    if (operation != null) {
                        operations.put(operation, call);
                    }
                    if (ended) {
                        call.cancel();
                    }
                    return Future.fromCompletionStage(call.outcome(), context).onComplete(done -> {
                        running.remove(call);
                        operations.values().remove(call);
                    });
                })
                .compose(outcome -> operation == null ? Future.succeededFuture(outcome) : crossedOut(mark, outcome))
                .onSuccess(outcome -> report.lmsEnded(name, outcome));
    }

    private void note(String mark, HostAction.RunLoad load) {
        if (intents != null) {
            intents.begin(mark, load);
        }
    }

    private void note(String mark, HostAction.RunUnload unload) {
        if (intents != null) {
            intents.begin(mark, unload);
        }
    }

    private Future<LmsOutcome> crossedOut(String mark, LmsOutcome outcome) {
        Intents noted = intents;
        if (noted == null) {
            return Future.succeededFuture(outcome);
        }
        return vertx.executeBlocking(
                () -> {
                    noted.end(mark, outcome.ending());
                    return outcome;
                },
                false);
    }

    private static Optional<Failure> failure(LmsCommand command, LmsOutcome outcome, String model) {
        return LmsFailures.classify(command, outcome).map(failure -> LmsVerdicts.of(failure, model));
    }

    private static List<InstanceRow> parsed(LmsOutcome outcome) {
        try {
            return LmsOutput.instances(outcome).stream().map(LmsCalls::row).toList();
        } catch (LmsOutputException classifiedBefore) {
            throw new IllegalStateException(classifiedBefore);
        }
    }

    private static InstanceRow row(LmsInstance instance) {
        return new InstanceRow(
                instance.identifier(),
                instance.ttl(),
                instance.contextLength() == 0 ? null : instance.contextLength(),
                instance.lastUsed(),
                instance.parallel() == null ? 0 : instance.parallel(),
                instance.status().busy() || instance.queued() > 0);
    }
}
