package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.chat.Answers;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.Tokens;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.ModelType;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.machine.WorkRequest;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@code /v1} routes. */
final class OpenAiRoutes {
    private final SimMachine machine;
    private final CallLog log;
    private long lastAnswer;

    OpenAiRoutes(SimMachine machine, CallLog log) {
        this.machine = machine;
        this.log = log;
    }

    /** All downloaded models when inference can load them, else only the loaded ones. */
    void models(HttpServerRequest request) {
        ObjectNode body = Replies.object();
        ArrayNode data = body.putArray("data");
        Stream<String> instances = machine.loaded().stream().map(Instance::identifier);
        Stream<String> keys = machine.catalogue().models().stream().map(CatalogueModel::modelKey);
        (machine.settings().jit().on() ? Stream.concat(keys, instances).distinct() : instances)
                .forEach(id ->
                        data.addObject().put("id", id).put("object", "model").put("owned_by", "organization_owner"));
        body.put("object", "list");
        Replies.json(request.response(), 200, body);
    }

    void chat(HttpServerRequest request) {
        Bodies.object(request, body -> {
            String problem = ChatBodies.problem(body);
            if (problem != null) {
                Replies.errorText(request.response(), 400, problem);
                return;
            }
            ChatRequest asked = ChatBodies.chat(body);
            AnswerFormat format = new ChatFormat(head("chatcmpl-sim", body));
            answer(request, body, "/v1/chat/completions", format, instance -> Answers.to(asked, instance));
        });
    }

    void complete(HttpServerRequest request) {
        Bodies.object(request, body -> {
            ChatRequest asked = ChatBodies.completion(body);
            AnswerFormat format = new TextFormat(head("cmpl-sim", body));
            answer(request, body, "/v1/completions", format, instance -> Answers.to(asked, instance));
        });
    }

    void embed(HttpServerRequest request) {
        Bodies.object(request, body -> {
            List<String> inputs = ChatBodies.inputs(body);
            if (inputs.isEmpty()) {
                Replies.errorText(request.response(), 400, "'input' field must be a string or an array of strings");
                return;
            }
            String model = ChatBodies.text(body, "model");
            if (broken(request, model)) {
                return;
            }
            begin("/v1/embeddings", model);
            int tokens = inputs.stream().mapToInt(Tokens::count).sum();
            WorkRequest wanted = new WorkRequest(
                    model, ModelType.EMBEDDING, ttl(body), instance -> new Script(tokens, List.of(), "eosFound", null));
            EmbeddingWriter writer = new EmbeddingWriter(request.response(), model, inputs, log::inferenceEnded);
            writer.follow(machine.work(wanted, writer));
        });
    }

    private void answer(
            HttpServerRequest request,
            ObjectNode body,
            String route,
            AnswerFormat format,
            Function<Instance, Script> script) {
        String model = ChatBodies.text(body, "model");
        if (broken(request, model)) {
            return;
        }
        begin(route, model);
        int cutAfter = machine.faults()
                .take(FaultKind.STREAM_CUT, keyOf(model))
                .map(Fault::tokens)
                .orElse(-1);
        AnswerWriter.Options options =
                new AnswerWriter.Options(body.path("stream").asBoolean(), cutAfter);
        AnswerWriter writer = new AnswerWriter(request, format, options, machine.agenda()::now, log::inferenceEnded);
        writer.follow(machine.work(new WorkRequest(model, ModelType.LLM, ttl(body), script), writer));
    }

    private boolean broken(HttpServerRequest request, @Nullable String model) {
        Optional<Fault> fault = machine.faults().take(FaultKind.HTTP_500, keyOf(model));
        fault.ifPresent(told -> {
            String text = told.text();
            Replies.errorText(request.response(), 500, text == null ? "Internal Server Error" : text);
        });
        return fault.isPresent();
    }

    private void begin(String route, @Nullable String model) {
        boolean there = model == null
                ? !machine.loaded().isEmpty()
                : machine.serving(model).isPresent();
        log.inference(route, model, there);
    }

    private @Nullable String keyOf(@Nullable String model) {
        return model == null
                ? null
                : machine.serving(model)
                        .map(instance -> instance.model().modelKey())
                        .orElse(model);
    }

    private static @Nullable Duration ttl(ObjectNode body) {
        return body.path("ttl").canConvertToLong() && body.path("ttl").longValue() > 0
                ? Duration.ofSeconds(body.path("ttl").longValue())
                : null;
    }

    private ChatFormat.Head head(String prefix, ObjectNode body) {
        return new ChatFormat.Head(
                prefix + ++lastAnswer,
                machine.agenda().now().getEpochSecond(),
                ChatBodies.text(body, "model"),
                body.path("stream_options").path("include_usage").asBoolean());
    }
}
