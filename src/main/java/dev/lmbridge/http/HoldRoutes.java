package dev.lmbridge.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.LeaseCommand;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.Pins;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** {@code /bridge/v1/leases}, and pins: what is to stay in memory whether or not it is used. */
final class HoldRoutes {
    private static final String LEASES = "/bridge/v1/leases";
    private static final String MODELS = "/bridge/v1/models";

    private final LoaderClient loaders;
    private final CommandReader commands;
    private final Pins pins;

    HoldRoutes(LoaderClient loaders, CommandReader commands, Pins pins) {
        this.loaders = loaders;
        this.commands = commands;
        this.pins = pins;
    }

    void install(Router router) {
        router.get(LEASES).handler(context -> context.json(loaders.leases()).onFailure(gone -> {}));
        router.post(LEASES).handler(context -> serve(context, 201, this::lease));
        router.post(LEASES + "/:id/renew")
                .handler(context ->
                        serve(context, 200, body -> loaders.renew(context.pathParam("id"), commands.renewal(body))));
        router.delete(LEASES + "/:id").handler(this::release);
        router.post(MODELS + "/pin").handler(context -> serve(context, 200, body -> pin(body, true)));
        router.post(MODELS + "/unpin").handler(context -> serve(context, 200, body -> pin(body, false)));
    }

    private Future<JsonObject> lease(ObjectNode body) {
        LeaseCommand command = commands.lease(body);
        return loaders.lease(command.model(), command.host(), command.owner(), command.ttl());
    }

    private Future<JsonObject> pin(ObjectNode body, boolean pinned) {
        return pins.order(commands.read(CommandReader.Kind.PIN, body), pinned);
    }

    private void release(RoutingContext context) {
        loaders.release(context.pathParam("id"))
                .onSuccess(
                        released -> context.response().setStatusCode(204).end().onFailure(gone -> {}))
                .onFailure(error -> Failures.send(context, error));
    }

    private void serve(RoutingContext context, int status, Function<ObjectNode, Future<JsonObject>> order) {
        try {
            Buffer body = context.body().buffer();
            byte[] bytes = body == null || body.length() == 0 ? new byte[] {'{', '}'} : body.getBytes();
            order.apply(StrictJson.object(bytes))
                    .onSuccess(answer -> answer(context, status, answer))
                    .onFailure(error -> Failures.send(context, error));
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
        }
    }

    private static void answer(RoutingContext context, int status, JsonObject body) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        if (status == 201) {
            context.response().putHeader("Location", LEASES + "/" + body.getString("id"));
        }
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body.toBuffer())
                .onFailure(gone -> {});
    }
}
