package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.chat.Answers;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ThinkTags;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.MachineSettings.ReasoningStyle;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The {@code /v1} routes. */
final class OpenAiRoutes {
    private final SimMachine machine;
    private final Inferences inferences;
    private long lastAnswer;

    OpenAiRoutes(SimMachine machine, CallLog log) {
        this(machine, new Inferences(machine, log));
    }

    OpenAiRoutes(SimMachine machine, Inferences inferences) {
        this.machine = machine;
        this.inferences = inferences;
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
        chat(request, UnaryOperator.identity());
    }

    /** A chat whose answer another API writes in its own way around OpenAI's. */
    void chat(HttpServerRequest request, UnaryOperator<AnswerFormat> around) {
        Bodies.object(request, body -> {
            String problem = ChatBodies.problem(body);
            if (problem != null) {
                Replies.errorText(request.response(), 400, problem);
                return;
            }
            ChatRequest asked = ChatBodies.chat(body);
            AnswerFormat format = around.apply(new ChatFormat(head("chatcmpl-sim", body)));
            answer(request, body, request.path(), format, instance -> tagged(Answers.to(asked, instance)));
        });
    }

    void complete(HttpServerRequest request) {
        complete(request, UnaryOperator.identity());
    }

    void complete(HttpServerRequest request, UnaryOperator<AnswerFormat> around) {
        Bodies.object(request, body -> {
            String problem = ChatBodies.completionProblem(body);
            if (problem != null) {
                Replies.errorText(request.response(), 400, problem);
                return;
            }
            ChatRequest asked = ChatBodies.completion(body);
            AnswerFormat format = around.apply(new TextFormat(head("cmpl-sim", body)));
            answer(request, body, request.path(), format, instance -> Answers.to(asked, instance));
        });
    }

    /** {@code dimensions} is ignored, as LM Studio does. */
    void embed(HttpServerRequest request) {
        Bodies.object(request, body -> {
            String problem = ChatBodies.embeddingProblem(body);
            if (problem != null) {
                Replies.errorText(request.response(), 400, problem);
                return;
            }
            boolean base64 = body.path("encoding_format").asText("").equals("base64");
            inferences.embed(
                    request,
                    asked(request.path(), body),
                    new EmbeddingWriter.Wanted(ChatBodies.text(body, "model"), ChatBodies.inputs(body), base64));
        });
    }

    /** Lets a language model answer a body of OpenAI's shape. */
    void answer(
            HttpServerRequest request,
            ObjectNode body,
            String route,
            AnswerFormat format,
            Function<Instance, Script> script) {
        inferences.answer(request, asked(route, body), format, script);
    }

    static Inferences.Asked asked(String route, ObjectNode body) {
        JsonNode ttl = body.path("ttl");
        Duration toLive = ttl.canConvertToLong() && ttl.longValue() > 0 ? Duration.ofSeconds(ttl.longValue()) : null;
        return new Inferences.Asked(
                route,
                ChatBodies.text(body, "model"),
                toLive,
                body.path("stream").asBoolean());
    }

    /** The thoughts of the model in its text, where LM Studio puts them as long as nobody has switched the field on. */
    Script tagged(Script script) {
        return machine.settings().look().reasoning() == ReasoningStyle.TAGS ? ThinkTags.apply(script) : script;
    }

    ChatFormat.Head head(String prefix, ObjectNode body) {
        return new ChatFormat.Head(
                prefix + ++lastAnswer,
                machine.agenda().now().getEpochSecond(),
                ChatBodies.text(body, "model"),
                body.path("stream_options").path("include_usage").asBoolean(),
                (machine.settings().look().reasoning() == ReasoningStyle.SHORT_FIELD
                                ? ReasoningStyle.SHORT_FIELD
                                : ReasoningStyle.FIELD)
                        .wireName());
    }
}
