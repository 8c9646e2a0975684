package dev.lmbridge.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.ModelCommand;
import dev.lmbridge.loader.OrderAudit;
import dev.lmbridge.wire.BusFailures;
import dev.lmbridge.wire.StrictJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/models/load} and {@code /unload}: LM Studio's words for what the loader does. */
final class LmStudioLoads {
    private static final String LOAD = "/api/v1/models/load";
    private static final String UNLOAD = "/api/v1/models/unload";

    /** Fields of LM Studio's, by our word for them. */
    private static final Map<String, String> LOAD_FIELDS =
            Map.of("model", "model", "ttl", "ttl", "context_length", "contextLength");

    private final LoaderClient loaders;
    private final Fleet fleet;
    private final CommandReader commands;
    private final OrderAudit orders;
    private final Chronicle chronicle;
    private final InstantSource clock;

    LmStudioLoads(
            LoaderClient loaders,
            Fleet fleet,
            CommandReader commands,
            OrderAudit orders,
            Chronicle chronicle,
            InstantSource clock) {
        this.loaders = loaders;
        this.fleet = fleet;
        this.commands = commands;
        this.orders = orders;
        this.chronicle = chronicle;
        this.clock = clock;
    }

    void install(Router router) {
        router.post(LOAD).handler(this::load);
        router.post(UNLOAD).handler(this::unload);
    }

    private void load(RoutingContext context) {
        answered(context, () -> {
            ObjectNode body = body(context);
            boolean echo = body.path("echo_load_config").asBoolean(false);
            body.remove("echo_load_config");
            required(body, "model");
            ObjectNode ours = body.objectNode();
            body.properties().forEach(field -> {
                String name = LOAD_FIELDS.get(field.getKey());
                if (name == null && !field.getValue().isNull()) {
                    throw Failure.invalid(
                                    shown(field.getKey()),
                                    "cannot be chosen with each load; models.profiles has what a model is loaded with.")
                            .asException();
                }
                if (name != null) {
                    ours.set(name, field.getValue());
                }
            });
            order(
                    context,
                    CommandReader.Kind.LOAD,
                    commands.read(CommandReader.Kind.LOAD, ours),
                    (command, request) -> loaders.ensure(command, null, request),
                    answer -> loaded(answer, echo));
        });
    }

    private void unload(RoutingContext context) {
        answered(context, () -> {
            ObjectNode body = body(context);
            String id = required(body, "instance_id");
            ObjectNode ours = body.objectNode().put("model", id);
            order(
                    context,
                    CommandReader.Kind.UNLOAD,
                    commands.read(CommandReader.Kind.UNLOAD, ours),
                    loaders::unload,
                    answer -> unloaded(answer, id));
        });
    }

    private static ObjectNode body(RoutingContext context) {
        Buffer body = context.body().buffer();
        return StrictJson.object(body == null ? new byte[0] : body.getBytes());
    }

    private static String required(ObjectNode body, String field) {
        String value = body.path(field).textValue();
        if (value == null) {
            throw Failure.invalid(field, "must be a string.").asException();
        }
        return value;
    }

    private static void answered(RoutingContext context, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
        }
    }

    private void order(
            RoutingContext context,
            CommandReader.Kind kind,
            ModelCommand command,
            BiFunction<ModelCommand, String, LoaderClient.Asked> ask,
            Function<JsonObject, JsonObject> shape) {
        String request = RequestIds.of(context);
        Instant began = clock.instant();
        LoaderClient.Asked asked = ask.apply(command, request);
        OrderAudit.Order order = orders.follow(giver(context), kind, command, asked);
        context.response().closeHandler(gone -> {
            order.cancelled();
            loaders.leave(asked);
            ended(request, command.model(), asked, "client_gone", began);
        });
        asked.answer()
                .map(shape)
                .onSuccess(answer -> {
                    ended(request, command.model(), asked, "success", began);
                    if (!context.response().ended() && !context.response().closed()) {
                        context.response()
                                .putHeader("Content-Type", "application/json")
                                .end(answer.toBuffer())
                                .onFailure(gone -> {});
                    }
                })
                .onFailure(error -> {
                    ended(
                            request,
                            command.model(),
                            asked,
                            BusFailures.of(error).code().text(),
                            began);
                    Failures.send(context, error);
                });
    }

    private void ended(
            String request, @Nullable String model, LoaderClient.Asked asked, String outcome, Instant began) {
        chronicle.ended(request, model, asked.host(), outcome, began);
    }

    private static OrderAudit.Giver giver(RoutingContext context) {
        var remote = context.request().remoteAddress();
        return new OrderAudit.Giver(
                remote == null ? "unknown" : String.valueOf(remote.hostAddress()), RequestIds.of(context));
    }

    private JsonObject loaded(JsonObject answer, boolean echo) {
        String key = answer.getString("model");
        String identifier = answer.getString("identifier");
        boolean embeds = models().filter(model -> model.key().value().equals(key))
                .anyMatch(model -> model.kind() == CatalogModel.Kind.EMBEDDING);
        JsonObject body = new JsonObject()
                .put("type", embeds ? "embedding" : "llm")
                .put("instance_id", identifier)
                .put("load_time_seconds", answer.getLong("tookMs") / 1000.0)
                .put("status", "loaded");
        if (echo) {
            JsonObject config = new JsonObject();
            fleet.host(answer.getString("host"))
                    .map(host -> host.view().instances().get(identifier))
                    .ifPresent(instance -> config.put("context_length", instance.contextLength()));
            body.put("load_config", config);
        }
        return body;
    }

    private Stream<CatalogModel> models() {
        return fleet.hosts().stream().flatMap(host -> host.view().catalog().models().stream());
    }

    /** LM Studio says that there was nothing to unload, where our own route counts it as done. */
    private JsonObject unloaded(JsonObject answer, String id) {
        JsonArray gone = answer.getJsonArray("unloaded");
        if (gone != null && gone.isEmpty()) {
            List<String> loaded = fleet.hosts().stream()
                    .flatMap(host -> host.view().instances().keySet().stream())
                    .toList();
            throw new Failure(
                            FailureCode.MODEL_NOT_FOUND,
                            "No instance '" + id + "' is loaded.",
                            List.of(),
                            null,
                            Catalog.nearest(id, loaded),
                            Map.of())
                    .asException();
        }
        return new JsonObject().put("instance_id", id);
    }

    private static String shown(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }
}
