package dev.lmbridge.sim.http;

import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import dev.lmbridge.sim.machine.Work;
import dev.lmbridge.sim.machine.WorkListener;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answer of one inference, whole or as a stream. A reader that is slow makes the generation wait, and one that leaves ends
 * it, so nothing piles up.
 */
final class AnswerWriter implements WorkListener {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final AnswerFormat format;
    private final Options options;
    private final InstantSource clock;
    private final Runnable whenOver;
    private final Instant asked;
    private @Nullable Work work;
    private @Nullable Instance instance;
    private @Nullable Script script;
    private @Nullable Instant loading;
    private @Nullable Instant started;
    private @Nullable Instant first;
    private int given;
    private boolean opened;
    private boolean over;

    /**
     * How to answer.
     *
     * @param cutAfter tokens after which the connection is cut, or a negative number for never
     */
    record Options(boolean stream, int cutAfter) {}

    AnswerWriter(
            HttpServerRequest request, AnswerFormat format, Options options, InstantSource clock, Runnable whenOver) {
        this.request = request;
        this.response = request.response();
        this.format = format;
        this.options = options;
        this.clock = clock;
        this.whenOver = whenOver;
        this.asked = clock.instant();
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
    public void loading(double fraction) {
        if (loading == null) {
            loading = asked;
        }
        if (options.stream()) {
            send(format.loading(fraction));
        }
    }

    @Override
    public void started(Instance chosen, Script wanted) {
        instance = chosen;
        script = wanted;
        started = clock.instant();
    }

    @Override
    public void token(Token token) {
        if (first == null) {
            first = clock.instant();
        }
        if (options.stream()) {
            open();
            send(format.piece(answer(), token));
        }
        given++;
        if (given == options.cutAfter()) {
            cut();
        }
    }

    @Override
    public void ended(Instance chosen, Script wanted) {
        if (over) {
            return;
        }
        if (options.cutAfter() >= 0) {
            cut();
            return;
        }
        if (options.stream()) {
            open();
            send(format.closing(answer()));
            response.end();
        } else {
            Replies.json(response, 200, format.whole(answer()));
        }
        finish();
    }

    @Override
    public void failed(Refusal refusal) {
        if (over) {
            return;
        }
        if (response.headWritten()) {
            send(format.broken(refusal));
            response.end();
        } else {
            format.refuse(response, refusal);
        }
        finish();
    }

    private Answer answer() {
        Instance serving = instance;
        Script plan = script;
        if (serving == null || plan == null) {
            throw new IllegalStateException("An answer was written before its work had started");
        }
        Instant now = clock.instant();
        Instant begun = first == null ? now : first;
        Duration load = loading == null || started == null ? null : Duration.between(loading, started);
        return new Answer(
                serving.identifier(),
                serving,
                plan,
                load,
                Duration.between(asked, begun),
                Duration.between(begun, now));
    }

    private void open() {
        if (!opened) {
            opened = true;
            send(format.opening(answer()));
        }
    }

    /** Not one byte goes out before the first event, as with LM Studio. */
    private void send(List<String> events) {
        for (String event : events) {
            if (!response.headWritten()) {
                response.setChunked(true)
                        .putHeader("X-Powered-By", "Express")
                        .putHeader("Content-Type", "text/event-stream")
                        .putHeader("Cache-Control", "no-cache");
            }
            response.write(event);
        }
        Work making = work;
        if (making != null && !over && response.writeQueueFull()) {
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
