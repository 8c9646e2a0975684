package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.chat.Answers;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Image;
import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadJob;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v1/chat}: LM Studio's own chat, which keeps the conversation and tells how a load and a prompt get on. */
final class RestV1Chat {
    private static final Set<String> REASONING = Set.of("off", "low", "medium", "high", "on");

    private final SimMachine machine;
    private final Inferences inferences;
    private final StoredChats stored = new StoredChats();

    RestV1Chat(SimMachine machine, Inferences inferences) {
        this.machine = machine;
        this.inferences = inferences;
    }

    void chat(HttpServerRequest request) {
        RestV1Body.of(request, body -> {
            String model = body.requiredText("model");
            Message asked = input(body.required("input"));
            String system = body.text("system_prompt");
            checkSampling(body);
            Integer most = body.positive("max_output_tokens");
            Integer context = body.positive("context_length");
            boolean stream = body.flag("stream", false);
            boolean store = body.flag("store", true);
            Limits limits = new Limits(most, List.of(), null, thinking(body.text("reasoning"), model));
            List<Message> before = before(request, body.text("previous_response_id"));
            if (before == null || refusesIntegrations(request, body.field("integrations"))) {
                return;
            }
            List<Message> messages = new ArrayList<>(before);
            if (system != null) {
                messages.add(Message.of("system", system));
            }
            messages.add(asked);
            ChatRequest chat = ChatRequest.of(messages, limits);
            RestV1ChatFormat.Keeping keeping = store ? keeping(messages) : null;
            AnswerFormat format = new RestV1ChatFormat(model, () -> loadingAs(model), keeping);
            Inferences.Asked wanted = new Inferences.Asked(request.path(), model, null, context, stream);
            inferences.answer(request, wanted, format, instance -> Answers.to(chat, instance));
        });
    }

    private RestV1ChatFormat.Keeping keeping(List<Message> messages) {
        return new RestV1ChatFormat.Keeping(stored.newId(), (id, answer) -> {
            List<Message> chat = new ArrayList<>(messages);
            chat.add(Message.of("assistant", answer));
            stored.keep(id, chat);
        });
    }

    /** One message of the user, of a text or of items; the documents name the item of a text {@code message} and {@code text}. */
    private static Message input(JsonNode input) {
        if (input.isTextual()) {
            return Message.of("user", input.textValue());
        }
        if (!input.isArray() || input.isEmpty()) {
            throw RestV1Body.wrong("input", "a string or a list of items that is not empty");
        }
        List<String> texts = new ArrayList<>();
        List<Image> images = new ArrayList<>();
        for (JsonNode item : input) {
            JsonNode content = item.path("content");
            JsonNode url = item.path("data_url");
            switch (item.path("type").asText("")) {
                case "text", "message" -> {
                    if (!content.isTextual()) {
                        throw RestV1Body.wrong("input", "items whose \"content\" is a string");
                    }
                    texts.add(content.textValue());
                }
                case "image" -> {
                    if (!url.asText("").startsWith("data:image/")) {
                        throw RestV1Body.wrong("input", "items whose \"data_url\" is a data URL of an image");
                    }
                    images.add(new Image(url.textValue()));
                }
                default -> throw RestV1Body.wrong("input", "items whose \"type\" is text, message or image");
            }
        }
        return new Message("user", String.join("\n", texts), images, List.of(), null);
    }

    private static void checkSampling(RestV1Body body) {
        body.checkNumber("temperature", 0, 1);
        body.checkNumber("top_p", 0, 1);
        body.checkNumber("min_p", 0, 1);
        body.checkNumber("repeat_penalty", 0, Double.MAX_VALUE);
        body.positive("top_k");
    }

    /** Whether the model shall think, or null if the request leaves that to it. A model that is not known is refused later. */
    private @Nullable Boolean thinking(@Nullable String reasoning, String model) {
        if (reasoning == null) {
            return null;
        }
        if (!REASONING.contains(reasoning)) {
            throw RestV1Body.wrong("reasoning", "off, low, medium, high or on");
        }
        Optional<CatalogueModel> known = machine.serving(model)
                .map(Instance::model)
                .or(() -> machine.catalogue().byKeyOrVariant(model));
        if (known.isPresent() && !RestV1Models.reasoningOptions(known.get()).contains(reasoning)) {
            throw new BadParameterException(
                    "invalid_value",
                    "reasoning",
                    "The model \"" + model + "\" does not support the reasoning setting \"" + reasoning + "\".");
        }
        return !reasoning.equals("off");
    }

    /** The messages to go on from; null if there are none with this id, which was answered. */
    private @Nullable List<Message> before(HttpServerRequest request, @Nullable String previous) {
        if (previous == null) {
            return List.of();
        }
        if (!previous.startsWith("resp_")) {
            throw RestV1Body.wrong("previous_response_id", "an id that starts with \"resp_\"");
        }
        List<Message> messages = stored.find(previous);
        if (messages == null) {
            // What LM Studio says here is not known.
            Replies.restError(
                    request.response(),
                    404,
                    "invalid_request",
                    "previous_response_not_found",
                    "Previous response with id '" + previous + "' not found.",
                    "previous_response_id");
        }
        return messages;
    }

    /** No plugin is permitted here, as on a server that does not allow them, and there is no MCP. */
    private static boolean refusesIntegrations(HttpServerRequest request, JsonNode integrations) {
        if (integrations.isMissingNode()) {
            return false;
        }
        if (!integrations.isArray()) {
            throw RestV1Body.wrong("integrations", "a list");
        }
        for (JsonNode each : integrations) {
            boolean plugin = each.isTextual() || each.path("type").asText("").equals("plugin");
            String id = each.isTextual() ? each.textValue() : each.path("id").asText("");
            if (plugin) {
                Replies.restError(
                        request.response(),
                        403,
                        "invalid_request",
                        null,
                        "Permission denied to use plugin '" + id
                                + "'. Ensure that the server configuration allows plugin usage and, if using an API"
                                + " token, it has the necessary permissions.",
                        "integrations");
            } else {
                Replies.restError(
                        request.response(),
                        501,
                        "not_implemented",
                        null,
                        "The simulated LM Studio has no MCP client.",
                        "integrations");
            }
            return true;
        }
        return false;
    }

    /** The name of the instance that is being loaded for a request. */
    private String loadingAs(String model) {
        Optional<CatalogueModel> wanted = machine.catalogue().byKeyOrVariant(model);
        return machine.loading().stream()
                .filter(job -> job.request().jit()
                        && wanted.equals(
                                machine.catalogue().byKeyOrVariant(job.request().modelKey())))
                .map(LoadJob::identifier)
                .findFirst()
                .orElse(model);
    }
}
