package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;

/** {@code POST /api/v1/models/load} and {@code /unload}. A load takes neither a TTL nor an identifier, and is always a new instance. */
final class RestV1Loads {
    private final SimMachine machine;

    RestV1Loads(SimMachine machine) {
        this.machine = machine;
    }

    void load(HttpServerRequest request) {
        RestV1Body.of(request, body -> {
            String key = body.requiredText("model");
            LoadRequest load = LoadRequest.of(key)
                    .withContextLength(body.positive("context_length"))
                    .withParallel(body.positive("parallel"))
                    .withTuning(new LoadRequest.Tuning(
                            body.positive("eval_batch_size"),
                            body.flag("flash_attention"),
                            body.positive("num_experts"),
                            body.flag("offload_kv_cache_to_gpu"),
                            null));
            boolean echo = body.flag("echo_load_config", false);
            // A variant (key@quantization) is refused here too.
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
            // A client that leaves does not end its load.
            machine.load(
                    load,
                    new Reply(request.response(), key, echo, machine.agenda().now()));
        });
    }

    void unload(HttpServerRequest request) {
        RestV1Body.of(request, body -> {
            String id = body.requiredText("instance_id");
            if (machine.unload(id)) {
                Replies.json(request.response(), 200, Replies.object().put("instance_id", id));
            } else {
                Replies.restError(
                        request.response(),
                        404,
                        "model_not_found",
                        null,
                        "Model with instance identifier '" + id + "' is not loaded.",
                        null);
            }
        });
    }

    /** Answers when the load is over. */
    private final class Reply implements LoadListener {
        private final HttpServerResponse response;
        private final String key;
        private final boolean echo;
        private final Instant began;

        Reply(HttpServerResponse response, String key, boolean echo, Instant began) {
            this.response = response;
            this.key = key;
            this.echo = echo;
            this.began = began;
        }

        @Override
        public void loaded(Instance instance) {
            Duration took = Duration.between(began, machine.agenda().now());
            ObjectNode answer = Replies.object()
                    .put("type", instance.model().type().wireName())
                    .put("instance_id", instance.identifier())
                    .put("load_time_seconds", took.toMillis() / 1000.0)
                    .put("status", "loaded");
            if (echo) {
                answer.set("load_config", RestV1Models.config(instance));
            }
            Replies.json(response, 200, answer);
        }

        @Override
        public void failed(Refusal refusal) {
            RestV1Errors.send(response, key, refusal);
        }
    }
}
