package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.Embedding;
import dev.lmbridge.sim.chat.Tokens;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Work;
import dev.lmbridge.sim.machine.WorkListener;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the answer to {@code /v1/embeddings}. */
final class EmbeddingWriter implements WorkListener {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Wanted wanted;
    private final TakenFaults faults;
    private final Runnable whenOver;
    private boolean over;

    /**
     * What is to be computed.
     *
     * @param asked the model of the request
     * @param base64 whether a vector is the Base64 of its numbers (32 bits each, lowest byte first) instead of a list
     */
    record Wanted(@Nullable String asked, List<String> inputs, boolean base64) {
        Wanted {
            inputs = List.copyOf(inputs);
        }

        int tokens() {
            return inputs.stream().mapToInt(Tokens::count).sum();
        }
    }

    EmbeddingWriter(HttpServerRequest request, Wanted wanted, TakenFaults faults, Runnable whenOver) {
        this.request = request;
        this.response = request.response();
        this.wanted = wanted;
        this.faults = faults;
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
        if (faults.cutAfter() >= 0) {
            finish();
            request.connection().close();
            return;
        }
        if (faults.errorAfter() >= 0) {
            failed(faults.error());
            return;
        }
        ObjectNode body = Replies.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (int i = 0; i < wanted.inputs().size() && !faults.empty(); i++) {
            ObjectNode row = data.addObject().put("object", "embedding").put("index", i);
            put(row, Embedding.of(wanted.inputs().get(i)));
        }
        String wrongModel = faults.wrongModel();
        body.put("model", wrongModel == null ? instance.identifier() : wrongModel);
        // LM Studio always says 0 here.
        body.putObject("usage").put("prompt_tokens", 0).put("total_tokens", 0);
        Replies.json(response, 200, body);
        finish();
    }

    @Override
    public void failed(Refusal refusal) {
        Errors.openAi(response, wanted.asked(), refusal);
        finish();
    }

    private void put(ObjectNode row, double[] vector) {
        if (wanted.base64()) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
            for (double value : vector) {
                bytes.putFloat((float) value);
            }
            row.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
        } else {
            ArrayNode numbers = row.putArray("embedding");
            for (double value : vector) {
                numbers.add(value);
            }
        }
    }

    private void finish() {
        if (!over) {
            over = true;
            whenOver.run();
        }
    }
}
