package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.ModelCommand;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** {@code /bridge/v1/models}: what there is, and having it loaded or unloaded. */
final class ModelRoutes {
    private static final String PATH = "/bridge/v1/models";

    private final LoaderClient loaders;
    private final CommandReader commands;

    ModelRoutes(LoaderClient loaders, CommandReader commands) {
        this.loaders = loaders;
        this.commands = commands;
    }

    void install(Router router) {
        router.get(PATH).handler(this::list);
        router.post(PATH + "/ensure").handler(context -> serve(context, CommandReader.Kind.ENSURE, loaders::ensure));
        router.post(PATH + "/load").handler(context -> serve(context, CommandReader.Kind.LOAD, loaders::ensure));
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

    private void serve(
            RoutingContext context, CommandReader.Kind kind, Function<ModelCommand, LoaderClient.Asked> ask) {
        try {
            Buffer body = context.body().buffer();
            ModelCommand command = commands.read(kind, StrictJson.object(body == null ? new byte[0] : body.getBytes()));
            LoaderClient.Asked asked = ask.apply(command);
            context.response().closeHandler(gone -> loaders.leave(asked));
            asked.answer()
                    .onSuccess(answer -> answer(context, answer))
                    .onFailure(error -> Failures.send(context, error));
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
        }
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
