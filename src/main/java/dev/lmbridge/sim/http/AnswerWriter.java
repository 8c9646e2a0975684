package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import dev.lmbridge.sim.machine.Work;
import dev.lmbridge.sim.machine.WorkListener;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answer of one inference, whole or as a stream. A reader that is slow makes the generation wait, and one that leaves ends
 * it, so nothing piles up. Not one byte is sent before the first token, as with LM Studio.
 */
final class AnswerWriter implements WorkListener {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final AnswerFormat format;
    private final Options options;
    private final Runnable whenOver;
    private @Nullable Work work;
    private String model = "";
    private int given;
    private boolean over;

    /**
     * How to answer.
     *
     * @param cutAfter tokens after which the connection is cut, or a negative number for never
     */
    record Options(@Nullable String asked, boolean stream, boolean usage, int cutAfter) {}

    AnswerWriter(HttpServerRequest request, AnswerFormat format, Options options, Runnable whenOver) {
        this.request = request;
        this.response = request.response();
        this.format = format;
        this.options = options;
        this.whenOver = whenOver;
    }

    /** Ties the answer to the work that makes it. */
    void follow(Work made) {
        work = made;
        response.closeHandler(nothing -> {
            made.cancel();
            finish();
        });
    }

    @Override
    public void started(Instance instance, Script script) {
        model = instance.identifier();
    }

    @Override
    public void token(Token token) {
        if (options.stream()) {
            open();
            data(format.piece(model, token));
        }
        given++;
        if (given == options.cutAfter()) {
            cut();
        }
    }

    @Override
    public void ended(Instance instance, Script script) {
        if (over) {
            return;
        }
        if (options.cutAfter() >= 0) {
            cut();
            return;
        }
        if (options.stream()) {
            open();
            data(format.closing(model, script));
            if (options.usage()) {
                data(format.usage(model, script));
            }
            response.end("data: [DONE]\n\n");
        } else {
            Replies.json(response, 200, format.whole(model, script));
        }
        finish();
    }

    @Override
    public void failed(Refusal refusal) {
        if (over) {
            return;
        }
        if (response.headWritten()) {
            ObjectNode error = Replies.object();
            error.putObject("error").put("message", refusal.title());
            response.end("event: error\ndata: " + error + "\n\n");
        } else {
            Errors.openAi(response, options.asked(), refusal);
        }
        finish();
    }

    private void open() {
        if (!response.headWritten()) {
            response.setChunked(true)
                    .putHeader("X-Powered-By", "Express")
                    .putHeader("Content-Type", "text/event-stream")
                    .putHeader("Cache-Control", "no-cache");
            ObjectNode opening = format.opening(model);
            if (opening != null) {
                data(opening);
            }
        }
    }

    private void data(JsonNode json) {
        response.write("data: " + json + "\n\n");
        Work making = work;
        if (making != null && response.writeQueueFull()) {
            making.pause();
            response.drainHandler(nothing -> making.resume());
        }
    }

    private void cut() {
        if (work != null) {
            work.cancel();
        }
        finish();
        request.connection().close();
    }

    private void finish() {
        if (!over) {
            over = true;
            whenOver.run();
        }
    }
}
