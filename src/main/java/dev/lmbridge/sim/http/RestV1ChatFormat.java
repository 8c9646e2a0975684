package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/chat}: a list of output items, and a stream of named events. The stream begins with {@code chat.start} and ends with
 * {@code chat.end}, after an error too, as LM Studio's documents say.
 */
final class RestV1ChatFormat implements AnswerFormat {
    private final String asked;
    private final Supplier<String> loadingAs;
    private final @Nullable Keeping keeping;
    private final List<Token> given = new ArrayList<>();
    private @Nullable String instance;
    private @Nullable Answer last;
    private boolean loading;
    private boolean prompting;
    private String part = "";

    /**
     * What makes the chat one that can be gone on with.
     *
     * @param id the id that the answer gets
     * @param store takes the id and the text of the answer once it is complete
     */
    record Keeping(String id, BiConsumer<String, String> store) {}

    /**
     * Prepares one.
     *
     * @param asked the model of the request
     * @param loadingAs the name that an instance will have that is being loaded for the request
     * @param keeping null for a chat that is not stored
     */
    RestV1ChatFormat(String asked, Supplier<String> loadingAs, @Nullable Keeping keeping) {
        this.asked = asked;
        this.loadingAs = loadingAs;
        this.keeping = keeping;
    }

    @Override
    public ObjectNode whole(Answer answer) {
        keep(answer.script().tokens());
        return result(answer, answer.script().tokens());
    }

    @Override
    public List<String> loading(double fraction) {
        List<String> events = new ArrayList<>();
        if (!loading) {
            loading = true;
            String name = loadingAs.get();
            begin(name, events);
            events.add(event("model_load.start", named(name)));
        }
        events.add(event("model_load.progress", named(instance).put("progress", fraction)));
        return events;
    }

    @Override
    public List<String> started(Answer answer) {
        last = answer;
        List<String> events = new ArrayList<>();
        begin(answer.model(), events);
        if (loading) {
            Duration time = answer.loadTime() == null ? Duration.ZERO : answer.loadTime();
            events.add(event("model_load.end", named(instance).put("load_time_seconds", RestV0Format.seconds(time))));
            loading = false;
        }
        prompting = true;
        events.add(event("prompt_processing.start", Replies.object()));
        return events;
    }

    @Override
    public List<String> reading(double fraction) {
        return List.of(event("prompt_processing.progress", Replies.object().put("progress", fraction)));
    }

    @Override
    public List<String> opening(Answer answer) {
        last = answer;
        List<String> events = new ArrayList<>();
        endPrompt(events);
        return events;
    }

    @Override
    public List<String> piece(Answer answer, Token token) {
        last = answer;
        given.add(token);
        List<String> events = new ArrayList<>();
        String kind = token instanceof Token.Reasoning ? "reasoning" : "message";
        if (!kind.equals(part)) {
            endPart(events);
            part = kind;
            events.add(event(kind + ".start", Replies.object()));
        }
        events.add(event(kind + ".delta", Replies.object().put("content", token.text())));
        return events;
    }

    @Override
    public List<String> closing(Answer answer) {
        List<String> events = new ArrayList<>();
        endPrompt(events);
        endPart(events);
        keep(given);
        ObjectNode end = Replies.object();
        end.set("result", result(answer, given));
        events.add(event("chat.end", end));
        return events;
    }

    @Override
    public List<String> broken(Refusal refusal) {
        List<String> events = new ArrayList<>();
        endPart(events);
        ObjectNode error = Replies.object();
        error.set("error", RestV1Errors.error(asked, refusal));
        events.add(event("error", error));
        ObjectNode end = Replies.object();
        ObjectNode result = result(last, given);
        result.remove("response_id");
        end.set("result", result);
        events.add(event("chat.end", end));
        return events;
    }

    @Override
    public void refuse(HttpServerResponse response, Refusal refusal) {
        RestV1Errors.send(response, asked, refusal);
    }

    private void begin(String name, List<String> events) {
        if (instance == null) {
            events.add(event("chat.start", named(name)));
        }
        instance = name;
    }

    private void endPrompt(List<String> events) {
        if (prompting) {
            prompting = false;
            events.add(event("prompt_processing.end", Replies.object()));
        }
    }

    private void endPart(List<String> events) {
        if (!part.isEmpty()) {
            events.add(event(part + ".end", Replies.object()));
            part = "";
        }
    }

    private void keep(List<Token> tokens) {
        if (keeping != null) {
            keeping.store().accept(keeping.id(), text(tokens, Token.Content.class));
        }
    }

    /** The body of an answer; before the work has begun it has no numbers yet. */
    private ObjectNode result(@Nullable Answer answer, List<Token> tokens) {
        ObjectNode body = named(answer == null ? instance : answer.model());
        ArrayNode output = body.putArray("output");
        String reasoning = text(tokens, Token.Reasoning.class);
        String content = text(tokens, Token.Content.class);
        if (!reasoning.isEmpty()) {
            output.addObject().put("type", "reasoning").put("content", reasoning);
        }
        if (!content.isEmpty()) {
            output.addObject().put("type", "message").put("content", content);
        }
        Duration took = answer == null ? Duration.ZERO : answer.took();
        Duration load = answer == null || answer.loadTime() == null ? Duration.ZERO : answer.loadTime();
        Duration first = answer == null ? Duration.ZERO : answer.firstToken().minus(load);
        ObjectNode stats = body.putObject("stats")
                .put("input_tokens", answer == null ? 0 : answer.script().promptTokens())
                .put("total_output_tokens", tokens.size())
                .put(
                        "reasoning_output_tokens",
                        tokens.stream()
                                .filter(Token.Reasoning.class::isInstance)
                                .count())
                .put("tokens_per_second", RestV0Format.perSecond(tokens.size(), took))
                .put("time_to_first_token_seconds", RestV0Format.seconds(first));
        if (answer != null && answer.loadTime() != null) {
            stats.put("model_load_time_seconds", RestV0Format.seconds(load));
        }
        if (keeping != null) {
            body.put("response_id", keeping.id());
        }
        return body;
    }

    private static String text(List<Token> tokens, Class<? extends Token> kind) {
        StringBuilder text = new StringBuilder();
        tokens.stream().filter(kind::isInstance).forEach(token -> text.append(token.text()));
        return text.toString();
    }

    private ObjectNode named(@Nullable String name) {
        return Replies.object().put("model_instance_id", name == null ? asked : name);
    }

    private static String event(String type, ObjectNode rest) {
        ObjectNode data = Replies.object().put("type", type);
        data.setAll(rest);
        return "event: " + type + "\ndata: " + data + "\n\n";
    }
}
