package dev.lmbridge.sim.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /api/v0}: an answer in OpenAI's shape, and what LM Studio's own older API adds to it: speed, model and engine. A stream has
 * them in the last piece before its end mark; the documents show only the whole answer.
 */
final class RestV0Format implements AnswerFormat {
    private static final String DATA = "data: ";

    private final AnswerFormat openAi;

    RestV0Format(AnswerFormat openAi) {
        this.openAi = openAi;
    }

    @Override
    public ObjectNode whole(Answer answer) {
        return add(openAi.whole(answer), answer);
    }

    @Override
    public List<String> loading(double fraction) {
        return openAi.loading(fraction);
    }

    @Override
    public List<String> started(Answer answer) {
        return openAi.started(answer);
    }

    @Override
    public List<String> reading(double fraction) {
        return openAi.reading(fraction);
    }

    @Override
    public List<String> opening(Answer answer) {
        return openAi.opening(answer);
    }

    @Override
    public List<String> piece(Answer answer, Token token) {
        return openAi.piece(answer, token);
    }

    @Override
    public List<String> closing(Answer answer) {
        List<String> events = new ArrayList<>(openAi.closing(answer));
        for (int i = events.size() - 1; i >= 0; i--) {
            String event = events.get(i);
            if (event.startsWith(DATA + "{")) {
                events.set(i, OpenAi.event(add(parsed(event), answer)));
                break;
            }
        }
        return events;
    }

    @Override
    public List<String> broken(Refusal refusal) {
        return openAi.broken(refusal);
    }

    @Override
    public void refuse(HttpServerResponse response, Refusal refusal) {
        openAi.refuse(response, refusal);
    }

    private static ObjectNode parsed(String event) {
        try {
            return (ObjectNode) Replies.JSON.readTree(event.substring(DATA.length()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An event of this simulation is no JSON", e);
        }
    }

    private static ObjectNode add(ObjectNode body, Answer answer) {
        CatalogueModel model = answer.instance().model();
        String format = RestV1Models.formatOf(model);
        int tokens = answer.script().tokens().size();
        body.putObject("stats")
                .put("tokens_per_second", perSecond(tokens, answer.took()))
                .put("time_to_first_token", seconds(answer.firstToken()))
                .put("generation_time", seconds(answer.took()))
                .put("stop_reason", answer.script().stopReason());
        body.putObject("model_info")
                .put("arch", model.architecture())
                .put("quant", model.quantization().name())
                .put("format", format)
                .put("context_length", answer.instance().contextLength());
        body.putObject("runtime")
                .put("name", OpenAi.FINGERPRINT)
                .put("version", HttpFace.VERSION)
                .putArray("supported_formats")
                .add(format);
        return body;
    }

    static double seconds(Duration time) {
        return time.toMillis() / 1_000.0;
    }

    static double perSecond(int tokens, Duration time) {
        return tokens / Math.max(0.001, time.toNanos() / 1e9);
    }
}
