package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v1/models/load} and {@code /unload}. A load takes neither a TTL nor an identifier, and is always a new instance. */
final class RestV1Loads {
    private final SimMachine machine;

    RestV1Loads(SimMachine machine) {
        this.machine = machine;
    }

    void load(HttpServerRequest request) {
        Bodies.object(request, body -> {
            JsonNode model = body.path("model");
            if (!model.isTextual()) {
                missing(request, "model");
                return;
            }
            String key = model.textValue();
            if (machine.catalogue().byKey(key).isEmpty()) {
                Replies.restError(
                        request.response(),
                        404,
                        "model_not_found",
                        null,
                        "Model " + key + " not found in downloaded models",
                        null);
                return;
            }
            Instant began = machine.agenda().now();
            LoadRequest load = LoadRequest.of(key)
                    .withContextLength(integer(body, "context_length"))
                    .withParallel(integer(body, "parallel"));
            machine.load(load, new LoadListener() {
                @Override
                public void loaded(Instance instance) {
                    Duration took = Duration.between(began, machine.agenda().now());
                    ObjectNode answer = Replies.object()
                            .put("type", instance.model().type().wireName())
                            .put("instance_id", instance.identifier())
                            .put("load_time_seconds", took.toMillis() / 1000.0)
                            .put("status", "loaded");
                    if (body.path("echo_load_config").asBoolean()) {
                        answer.set("load_config", RestV1Models.config(instance));
                    }
                    Replies.json(request.response(), 200, answer);
                }

                @Override
                public void failed(Refusal refusal) {
                    String text = "Failed to load model \"" + key + "\". Error: " + refusal.title();
                    Replies.restError(request.response(), 500, "model_load_failed", null, text, null);
                }
            });
        });
    }

    void unload(HttpServerRequest request) {
        Bodies.object(request, body -> {
            JsonNode id = body.path("instance_id");
            if (!id.isTextual()) {
                missing(request, "instance_id");
            } else if (machine.unload(id.textValue())) {
                Replies.json(request.response(), 200, Replies.object().put("instance_id", id.textValue()));
            } else {
                Replies.restError(
                        request.response(),
                        404,
                        "model_not_found",
                        null,
                        "Model with instance identifier '" + id.textValue() + "' is not loaded.",
                        null);
            }
        });
    }

    private static void missing(HttpServerRequest request, String field) {
        Replies.restError(
                request.response(),
                400,
                "invalid_request",
                "missing_required_parameter",
                "\"" + field + "\" is required",
                field);
    }

    private static @Nullable Integer integer(JsonNode body, String field) {
        JsonNode value = body.path(field);
        return value.canConvertToInt() && value.intValue() > 0 ? (Integer) value.intValue() : null;
    }
}
