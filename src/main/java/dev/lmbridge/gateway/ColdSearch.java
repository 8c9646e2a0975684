package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.ModelCommand;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Has a model loaded for one request: the one that it named or, of an alias, the first that can be had. */
final class ColdSearch {
    /** What is the model's or its host's fault, so that another model may well answer. */
    private static final Set<FailureCode> ELSEWHERE = EnumSet.of(
            FailureCode.MODEL_NOT_FOUND,
            FailureCode.MODEL_LOAD_FAILED,
            FailureCode.MODEL_VERIFICATION_FAILED,
            FailureCode.INSUFFICIENT_MEMORY,
            FailureCode.CIRCUIT_OPEN,
            FailureCode.HOST_UNAVAILABLE,
            FailureCode.LMS_NOT_INSTALLED);

    private final Gateway gateway;
    private final InferenceRequest request;
    private final @Nullable String host;
    private final @Nullable Instant viewSince;
    private final Instant began;
    private final Iterator<String> names;
    private LoaderClient.@Nullable Asked asked;
    private boolean left;

    /** @param host the one that has to answer; null means any */
    ColdSearch(Gateway gateway, InferenceRequest request, @Nullable String host, @Nullable Instant viewSince) {
        this.gateway = gateway;
        this.request = request;
        this.host = host;
        this.viewSince = viewSince;
        began = gateway.now();
        List<String> candidates = gateway.fleet.candidates(request.model());
        names = candidates.iterator();
    }

    Future<Gateway.Place> begin() {
        return ask(names.next());
    }

    private Future<Gateway.Place> ask(String name) {
        ModelCommand command = new ModelCommand(name, request.ttl(), gateway.usualTtl, host, null, false, false, null);
        LoaderClient.Asked asking = gateway.loaders.ensure(command, viewSince, request.requestId());
        asked = asking;
        return asking.answer()
                .map(answer -> gateway.admitted(answer, began, request.ttl()))
                .recover(error -> elsewhere(BusFailures.of(error)));
    }

    /** The first failure is the one that is told: it is of the model that was wanted most. */
    private Future<Gateway.Place> elsewhere(Failure failure) {
        if (left || !names.hasNext() || !ELSEWHERE.contains(failure.code())) {
            return Future.failedFuture(failure.asException());
        }
        String next = names.next();
        gateway.chronicle
                .request(request.requestId())
                .add(gateway.chronicle.now(
                        "request.fallback",
                        "The preferred model failed (" + failure.code().text() + "); '" + next + "' is asked for."));
        return ask(next).recover(error -> Future.failedFuture(failure.asException()));
    }

    /** The request needs no model any more. */
    void leave() {
        left = true;
        LoaderClient.Asked asking = asked;
        if (asking != null) {
            gateway.loaders.leave(asking);
        }
    }
}
