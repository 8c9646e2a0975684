package dev.lmbridge.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.gateway.BodyScan;
import dev.lmbridge.gateway.Dialect;
import dev.lmbridge.gateway.Exchange;
import dev.lmbridge.gateway.Gateway;
import dev.lmbridge.gateway.InferenceRequest;
import dev.lmbridge.gateway.InferenceRoute;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whatever asks a model for an answer, in the words of OpenAI, Anthropic and LM Studio. */
final class InferenceRoutes {
    private final Gateway gateway;
    private final CommandReader commands;
    private final InstantSource clock;
    /** The last name that was looked at and found to be one: mostly the next is the same. */
    private @Nullable String wellFormed;

    InferenceRoutes(Gateway gateway, CommandReader commands, InstantSource clock) {
        this.gateway = gateway;
        this.commands = commands;
        this.clock = clock;
    }

    void install(Router router) {
        for (InferenceRoute route : InferenceRoute.values()) {
            Dialect dialect = Objects.requireNonNull(Failures.dialect(route.path()));
            router.post(route.path()).handler(context -> {
                Buffer body = context.body().buffer();
                byte[] bytes = body == null ? new byte[0] : body.getBytes();
                infer(context.request(), RequestIds.of(context), bytes, route, dialect);
            });
        }
    }

    /** Begins to answer a request whose body has come whole. */
    void infer(HttpServerRequest request, String id, byte[] body, InferenceRoute route, Dialect dialect) {
        try {
            BodyScan scan = BodyScan.of(body, gateway.imageUrls());
            String model = scan.model();
            if (model != null && !model.equals(wellFormed)) {
                ModelKey.problem(model).ifPresent(problem -> {
                    throw Failure.invalidModelName("model", problem).asException();
                });
                wellFormed = model;
            }
            JsonNode given = scan.ttl();
            Duration ttl = given == null ? null : commands.ttl(given);
            Exchange.begin(gateway, new InferenceRequest(route, scan, ttl, id, dialect, request.response()), clock);
        } catch (RuntimeException refused) {
            Failures.send(request, id, BusFailures.of(refused));
        }
    }
}
