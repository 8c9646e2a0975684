package dev.lmbridge.loader;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Answer;
import dev.lmbridge.host.HostEvent;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whoever waits for an answer of one host's loader. Each is answered once; the core bounds how many there are. */
final class Callers {
    private final String host;
    private final Narrator narrator;
    private final Map<String, Message<?>> waiting = new HashMap<>();

    Callers(String host, Narrator narrator) {
        this.host = host;
        this.narrator = narrator;
    }

    void add(Message<JsonObject> message, HostEvent asked) {
        waiting.put(message.body().getString("caller"), message);
        narrator.asked(asked, message.body().getString("request"));
    }

    /** Whether the caller was still waiting. */
    boolean leave(String caller) {
        Message<?> message = waiting.remove(caller);
        if (message == null) {
            return false;
        }
        narrator.left(caller);
        BusFailures.fail(
                message,
                Failure.of(FailureCode.CONFLICT, "The caller has left.").asException());
        return true;
    }

    void answer(String caller, Answer answer) {
        Message<?> message = waiting.remove(caller);
        if (message == null) {
            return;
        }
        narrator.answered(caller, answer);
        switch (answer) {
            case Answer.Ready ready -> message.reply(LoaderMessages.ready(ready, host));
            case Answer.Unloaded unloaded -> message.reply(LoaderMessages.unloaded(unloaded, host));
            case Answer.Leased leased -> message.reply(HoldMessages.lease(leased.lease(), leased.loaded(), host));
            case Answer.Released released -> message.reply(HoldMessages.lease(released.lease(), false, host));
            case Answer.Pinned pinned -> message.reply(HoldMessages.pinned(pinned, host));
            case Answer.Refused refused ->
                BusFailures.fail(message, refused.failure().asException());
        }
    }

    /** A bug: nobody may be left waiting for an answer that will not come. */
    void failAll(RuntimeException bug) {
        List<Message<?>> left = List.copyOf(waiting.values());
        narrator.failAll();
        waiting.clear();
        left.forEach(message -> BusFailures.fail(message, bug));
    }
}
