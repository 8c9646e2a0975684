package dev.lmbridge.http;

import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.ModelCommand;
import dev.lmbridge.loader.OrderAudit;
import dev.lmbridge.wire.BusFailures;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BiFunction;

/** {@code /bridge/v1/models}: what there is, and having it loaded or unloaded. */
final class ModelRoutes {
    private static final String PATH = "/bridge/v1/models";

    private final LoaderClient loaders;
    private final CommandReader commands;
    private final OrderAudit orders;
    private final Chronicle chronicle;
    private final InstantSource clock;

    ModelRoutes(
            LoaderClient loaders, CommandReader commands, OrderAudit orders, Chronicle chronicle, InstantSource clock) {
        this.loaders = loaders;
        this.commands = commands;
        this.orders = orders;
        this.chronicle = chronicle;
        this.clock = clock;
    }

    void install(Router router) {
        router.get(PATH).handler(this::list);
        router.post(PATH + "/ensure").handler(context -> serve(context, CommandReader.Kind.ENSURE, this::ensure));
        router.post(PATH + "/load").handler(context -> serve(context, CommandReader.Kind.LOAD, this::ensure));
        router.post(PATH + "/unload").handler(context -> serve(context, CommandReader.Kind.UNLOAD, loaders::unload));
    }

    private void list(RoutingContext context) {
        String state = context.queryParams().get("state");
        if (state == null || state.equals("loaded")) {
            answer(context, loaders.list(state != null));
        } else {
            Failures.send(context, Failure.invalid("state", "must be \"loaded\", or be left out for every model."));
        }
    }

    private LoaderClient.Asked ensure(ModelCommand command, String request) {
        return loaders.ensure(command, null, request);
    }

    private void serve(
            RoutingContext context, CommandReader.Kind kind, BiFunction<ModelCommand, String, LoaderClient.Asked> ask) {
        try {
            Buffer body = context.body().buffer();
            ModelCommand command = commands.read(kind, StrictJson.object(body == null ? new byte[0] : body.getBytes()));
            String request = RequestIds.of(context);
            Instant began = clock.instant();
            LoaderClient.Asked asked = ask.apply(command, request);
            OrderAudit.Order order = orders.follow(giver(context), kind, command, asked);
            context.response().closeHandler(gone -> {
                order.cancelled();
                loaders.leave(asked);
                if (!asked.answer().isComplete()) {
                    chronicle.ended(request, command.model(), asked.host(), "client_gone", began);
                }
            });
            asked.answer()
                    .onSuccess(answer -> {
                        answer(context, answer);
                        String outcome = answer.containsKey("state") ? answer.getString("state") : "success";
                        chronicle.ended(request, answer.getString("model"), asked.host(), outcome, began);
                    })
                    .onFailure(error -> {
                        Failures.send(context, error);
                        String code = BusFailures.of(error).code().text();
                        chronicle.ended(request, command.model(), asked.host(), code, began);
                    });
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
        }
    }

    private static OrderAudit.Giver giver(RoutingContext context) {
        var remote = context.request().remoteAddress();
        return new OrderAudit.Giver(
                remote == null ? "unknown" : String.valueOf(remote.hostAddress()), RequestIds.of(context));
    }

    private static void answer(RoutingContext context, JsonObject body) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .putHeader("Content-Type", "application/json")
                    .end(body.toBuffer())
                    .onFailure(gone -> {});
        }
    }
}
