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
     * @param faults what goes wrong on the way
     */
    record Options(boolean stream, TakenFaults faults) {
        /** Nothing goes wrong but a cut: tokens after which it happens, or a negative number for never. */
        Options(boolean stream, int cutAfter) {
            this(stream, TakenFaults.cut(cutAfter));
        }
    }

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
        if (options.stream()) {
            send(format.started(answer()));
        }
    }

    @Override
    public void reading(double fraction) {
        if (options.stream()) {
            send(format.reading(fraction));
        }
    }

    @Override
    public void token(Token token) {
        if (over || brokeOff(given)) {
            return;
        }
        if (first == null) {
            first = clock.instant();
        }
        if (options.stream()) {
            open();
            send(format.piece(answer(), token));
        }
        given++;
        brokeOff(given);
    }

    @Override
    public void ended(Instance chosen, Script wanted) {
        if (over || brokeOff(Integer.MAX_VALUE)) {
            return;
        }
        if (options.stream()) {
            open();
            List<String> closing = format.closing(answer());
            send(options.faults().unfinished() ? closing.subList(0, closing.size() - 1) : closing);
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
        // Once the model has begun, a stream has its status 200, and the error comes in it (LM Studio 0.4.21 does so
        // with a prompt that
        // is too long: bug tracker 2322).
        if (response.headWritten() || (options.stream() && instance != null)) {
            send(format.broken(refusal));
            response.end();
        } else {
            format.refuse(response, refusal);
        }
        finish();
    }

    /** Whether a fault ended the answer at this number of tokens, or before. */
    private boolean brokeOff(int tokens) {
        TakenFaults faults = options.faults();
        if (over) {
            return true;
        }
        if (faults.cutAfter() >= 0 && tokens >= faults.cutAfter()) {
            stop();
            finish();
            request.connection().close();
            return true;
        }
        if (faults.errorAfter() >= 0 && tokens >= faults.errorAfter()) {
            stop();
            failed(faults.error());
            return true;
        }
        return false;
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
        String wrongModel = options.faults().wrongModel();
        return new Answer(
                wrongModel == null ? serving.identifier() : wrongModel,
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

    private void stop() {
        if (work != null) {
            work.cancel();
        }
    }

    private void finish() {
        if (!over) {
            over = true;
            whenOver.run();
        }
    }
}
