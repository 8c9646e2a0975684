package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.Embedding;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Work;
import dev.lmbridge.sim.machine.WorkListener;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the answer to {@code /v1/embeddings}. */
final class EmbeddingWriter implements WorkListener {
    private final HttpServerResponse response;
    private final @Nullable String asked;
    private final List<String> inputs;
    private final Runnable whenOver;
    private boolean over;

    EmbeddingWriter(HttpServerResponse response, @Nullable String asked, List<String> inputs, Runnable whenOver) {
        this.response = response;
        this.asked = asked;
        this.inputs = inputs;
        this.whenOver = whenOver;
    }

    void follow(Work work) {
        response.closeHandler(nothing -> {
            work.cancel();
            finish();
        });
    }

    @Override
    public void ended(Instance instance, Script script) {
        ObjectNode body = Replies.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (int i = 0; i < inputs.size(); i++) {
            ArrayNode vector =
                    data.addObject().put("object", "embedding").put("index", i).putArray("embedding");
            for (double value : Embedding.of(inputs.get(i))) {
                vector.add(value);
            }
        }
        body.put("model", instance.identifier());
        // LM Studio always says 0 here.
        body.putObject("usage").put("prompt_tokens", 0).put("total_tokens", 0);
        Replies.json(response, 200, body);
        finish();
    }

    @Override
    public void failed(Refusal refusal) {
        Errors.openAi(response, asked, refusal);
        finish();
    }

    private void finish() {
        if (!over) {
            over = true;
            whenOver.run();
        }
    }
}
