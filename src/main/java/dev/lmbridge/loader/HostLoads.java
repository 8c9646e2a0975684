package dev.lmbridge.loader;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.HostAction;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.host.InstanceRow;
import dev.lmbridge.lms.LmsCommand;
import dev.lmbridge.lms.LmsFailure;
import dev.lmbridge.lms.LmsFailures;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.lmstudio.HostUnreachable;
import dev.lmbridge.lmstudio.LmStudioHttp;
import dev.lmbridge.lmstudio.LoadRoutes;
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
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads and unloads on a host without {@code lms}, by LM Studio's own API: no TTL, no name of ours, no percentage. Noted in the
 * journal before it is sent, like any other. Used from one context.
 */
public final class HostLoads {
    private static final Logger LOG = LoggerFactory.getLogger(HostLoads.class);

    private final Vertx vertx;
    private final LoadRoutes routes;
    private final LmStudioHttp lists;
    private final @Nullable Intents intents;
    private final Map<Long, LoadRoutes.Call> running = new HashMap<>();
    private boolean ended;
    private boolean told;

    /** @param intents null where nothing needs to be remembered */
    public HostLoads(Vertx vertx, LoadRoutes routes, LmStudioHttp lists, @Nullable Intents intents) {
        this.vertx = vertx;
        this.routes = routes;
        this.lists = lists;
        this.intents = intents;
    }

    /** Never fails. */
    Future<HostEvent.ProcessEnded> load(HostAction.RunLoad load, ModelSettings.@Nullable Profile profile) {
        if (!told) {
            told = true;
            LOG.atWarn()
                    .log("there is no lms: models are loaded by LM Studio's API, which takes no TTL"
                            + " (ttl_not_enforced_by_host)");
        }
        Integer wanted = load.contextLength();
        Integer context = wanted == null && profile != null ? profile.contextLength() : wanted;
        Integer parallel = profile == null ? null : profile.parallel();
        String key = load.key().value();
        return run(
                load.operation(),
                mark -> {
                    if (intents != null) {
                        intents.begin(mark, load);
                    }
                },
                () -> routes.load(key, context, parallel, load.deadline()),
                new Reading() {
                    @Override
                    public HostEvent.ProcessEnded answered(LoadRoutes.Reply reply) {
                        return reply.isGood()
                                ? new HostEvent.ProcessEnded(load.operation(), null, reply.instanceId())
                                : new HostEvent.ProcessEnded(load.operation(), loadRefused(key, reply));
                    }

                    @Override
                    public Failure unanswered(Throwable error) {
                        return loadUnanswered(key, error);
                    }
                });
    }

    /** Never fails. An instance that was gone already is a success. */
    Future<HostEvent.ProcessEnded> unload(HostAction.RunUnload unload) {
        String identifier = unload.identifier();
        return run(
                unload.operation(),
                mark -> {
                    if (intents != null) {
                        intents.begin(mark, unload);
                    }
                },
                () -> routes.unload(identifier, unload.deadline()),
                new Reading() {
                    @Override
                    public HostEvent.ProcessEnded answered(LoadRoutes.Reply reply) {
                        boolean gone = reply.isGood() || reply.errorType().equals("model_not_found");
                        return new HostEvent.ProcessEnded(
                                unload.operation(), gone ? null : unloadRefused(identifier, reply));
                    }

                    @Override
                    public Failure unanswered(Throwable error) {
                        return error instanceof HostUnreachable
                                ? unavailable(error)
                                : Failure.of(
                                                FailureCode.UPSTREAM_ERROR,
                                                "'" + identifier
                                                        + "' could not be unloaded: LM Studio did not answer in"
                                                        + " time.")
                                        .with("reason", "timeout");
                    }
                });
    }

    /** What is in memory as {@code lms ps} would list it, but for the TTLs: the API tells none. */
    Future<List<InstanceRow>> rows() {
        return lists.look()
                .map(seen -> seen.loaded().stream()
                        .map(loaded -> new InstanceRow(loaded.identifier(), null, loaded.contextLength(), null))
                        .toList())
                .recover(error -> Future.failedFuture(unavailable(error).asException()));
    }

    void interrupt(long operation) {
        LoadRoutes.Call call = running.get(operation);
        if (call != null) {
            call.cancel();
        }
    }

    /** Breaks every request off and begins none. */
    void endAll() {
        ended = true;
        List.copyOf(running.values()).forEach(LoadRoutes.Call::cancel);
    }

    /** What an answer means, and what none means. */
    private interface Reading {
        HostEvent.ProcessEnded answered(LoadRoutes.Reply reply);

        Failure unanswered(Throwable error);
    }

    @FunctionalInterface
    private interface Note {
        void write(String mark);
    }

    @FunctionalInterface
    private interface Sending {
        LoadRoutes.Call send();
    }

    private Future<HostEvent.ProcessEnded> run(long operation, Note note, Sending sending, Reading reading) {
        String mark = UUID.randomUUID().toString();
        return vertx.<Void>executeBlocking(
                        () -> {
                            note.write(mark);
                            return null;
                        },
                        false)
                .compose(noted -> {
                    LoadRoutes.Call call = sending.send();
                    running.put(operation, call);
                    if (ended) {
                        call.cancel();
                    }
                    return call.reply()
                            .map(reading::answered)
                            .compose(
                                    answered -> crossedOut(mark, answered),
                                    error -> Future.succeededFuture(
                                            new HostEvent.ProcessEnded(operation, reading.unanswered(error))));
                })
                .otherwise(error -> new HostEvent.ProcessEnded(operation, BusFailures.of(error)))
                .onComplete(done -> running.remove(operation));
    }

    /** Only an answer ends the doubt about what the host makes of the request. */
    private Future<HostEvent.ProcessEnded> crossedOut(String mark, HostEvent.ProcessEnded answered) {
        Intents noted = intents;
        if (noted == null) {
            return Future.succeededFuture(answered);
        }
        return vertx.executeBlocking(
                () -> {
                    noted.end(mark, LmsOutcome.Ending.EXITED);
                    return answered;
                },
                false);
    }

    private static Failure loadRefused(String key, LoadRoutes.Reply reply) {
        Optional<Failure> general = generalRefusal(reply);
        if (general.isPresent()) {
            return general.get();
        }
        if (reply.errorType().equals("model_not_found")) {
            return Failure.of(FailureCode.MODEL_NOT_FOUND, "LM Studio said: " + reply.said());
        }
        // The same engine speaks through both doors, so the words of a refusal for memory are those that lms repeats.
        LmsOutcome outcome = new LmsOutcome(LmsOutcome.Ending.EXITED, 1, "", reply.said(), false, Duration.ZERO);
        Optional<LmsFailure> failure = LmsFailures.classify(new LmsCommand.Ls(), outcome);
        if (failure.isPresent() && failure.get().kind() == LmsFailure.Kind.INSUFFICIENT_MEMORY) {
            Failure refused = Failure.of(
                            FailureCode.INSUFFICIENT_MEMORY,
                            "'" + key + "' does not fit into the host's memory. LM Studio said: " + reply.said())
                    .with("model", key);
            Long required = failure.get().requiredBytes();
            return required == null ? refused : refused.with("requiredBytes", required);
        }
        return loadFailed(key, "LM Studio refused. It said: " + reply.said(), "host_refused");
    }

    private static Failure loadUnanswered(String key, Throwable error) {
        return switch (error) {
            case HostUnreachable gone when gone.refused() -> unavailable(gone);
            // A request that went out may be carried out, whoever broke the connection.
            case HostUnreachable broken ->
                loadFailed(key, "The request for it broke off: " + broken.getMessage(), "killed");
            case TimeoutException late -> loadFailed(key, "LM Studio did not answer in time.", "timeout");
            default -> BusFailures.of(error);
        };
    }

    private static Failure loadFailed(String key, String what, String reason) {
        return Failure.of(FailureCode.MODEL_LOAD_FAILED, "'" + key + "': " + what)
                .with("reason", reason)
                .with("model", key);
    }

    private static Failure unloadRefused(String identifier, LoadRoutes.Reply reply) {
        return generalRefusal(reply)
                .orElseGet(() -> Failure.of(
                                FailureCode.UPSTREAM_ERROR,
                                "'" + identifier + "' could not be unloaded. LM Studio said: " + reply.said())
                        .with("reason", "host_refused"));
    }

    private static Optional<Failure> generalRefusal(LoadRoutes.Reply reply) {
        if (reply.isUnknownRoute()) {
            return Optional.of(LmsVerdicts.notInstalled(
                    "This LM Studio cannot load models by its API either; that needs version 0.4.0."));
        }
        if (reply.status() == 401 || reply.status() == 403) {
            return Optional.of(Failure.of(
                    FailureCode.HOST_UNAVAILABLE,
                    "LM Studio wants an API token that may load models; set hosts[].token. It said: " + reply.said()));
        }
        return Optional.empty();
    }

    private static Failure unavailable(Throwable error) {
        return Failure.of(FailureCode.HOST_UNAVAILABLE, "LM Studio does not answer: " + error.getMessage())
                .withRetryAfter(Duration.ofSeconds(5));
    }
}
