package dev.lmbridge.loader;

import dev.lmbridge.wire.Addresses;
import dev.lmbridge.wire.BusFailures;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Function;

/** The public addresses of the event bus, for peers that want models without HTTP. */
public final class ModelsVerticle extends VerticleBase {
    /** Vert.x itself gives up on a request after 30 seconds: peers that set nothing still get an answer. */
    static final Duration DEFAULT_WAIT = Duration.ofSeconds(25);

    private static final OrderAudit.Giver GIVER = new OrderAudit.Giver("bus", null);

    private final LoaderClient loaders;
    private final CommandReader commands;
    private final OrderAudit orders;

    public ModelsVerticle(LoaderClient loaders, CommandReader commands, OrderAudit orders) {
        this.loaders = loaders;
        this.commands = commands;
        this.orders = orders;
    }

    @Override
    public Future<?> start() {
        var bus = vertx.eventBus();
        return Future.all(
                bus.<Object>consumer(
                                Addresses.MODELS_ENSURE,
                                message -> serve(message, CommandReader.Kind.ENSURE, loaders::ensure))
                        .completion(),
                bus.<Object>consumer(
                                Addresses.MODELS_LOAD,
                                message -> serve(message, CommandReader.Kind.LOAD, loaders::ensure))
                        .completion(),
                bus.<Object>consumer(
                                Addresses.MODELS_UNLOAD,
                                message -> serve(message, CommandReader.Kind.UNLOAD, loaders::unload))
                        .completion(),
                bus.<Object>consumer(Addresses.MODELS_LIST, this::list).completion());
    }

    private void serve(
            Message<Object> message, CommandReader.Kind kind, Function<ModelCommand, LoaderClient.Asked> ask) {
        try {
            ModelCommand command = commands.read(kind, StrictJson.object(bytes(message.body())));
            ModelCommand patient = command.waitFor() == null ? command.waitingFor(DEFAULT_WAIT) : command;
            LoaderClient.Asked asked = ask.apply(patient);
            orders.follow(GIVER, kind, patient, asked);
            asked.answer().onSuccess(message::reply).onFailure(error -> BusFailures.fail(message, error));
        } catch (RuntimeException refused) {
            BusFailures.fail(message, refused);
        }
    }

    private void list(Message<Object> message) {
        try {
            boolean loadedOnly = message.body() instanceof JsonObject body && "loaded".equals(body.getValue("state"));
            message.reply(loaders.list(loadedOnly));
        } catch (RuntimeException refused) {
            BusFailures.fail(message, refused);
        }
    }

    /** Peers send JSON objects; whatever else comes is told what is wanted. */
    private static byte[] bytes(Object body) {
        return switch (body) {
            case JsonObject json -> json.toBuffer().getBytes();
            case Buffer buffer -> buffer.getBytes();
            case null, default -> new byte[] {'[', ']'};
        };
    }
}
