package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Token;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * The shape of one answer of one API: whole, and as a stream of server-sent events. Each event is given as it goes over the wire, with the
 * empty line at its end. One object serves one answer, and may remember what it has said.
 */
interface AnswerFormat {
    /** The answer to a request that does not stream. */
    ObjectNode whole(Answer answer);

    /** The model has to be loaded first, and this much of it is there. Most APIs say nothing until the first token. */
    default List<String> loading(double fraction) {
        return List.of();
    }

    /** A slot is free, the model is there if it had to be loaded, and the prompt is about to be processed. */
    default List<String> started(Answer answer) {
        return List.of();
    }

    /** This much of the prompt, 0 to 1, is processed. */
    default List<String> reading(double fraction) {
        return List.of();
    }

    /** What is sent before the first token. */
    List<String> opening(Answer answer);

    List<String> piece(Answer answer, Token token);

    /** The end; the last event is the one by which a client knows that nothing is missing. */
    List<String> closing(Answer answer);

    /** An error when a part of the stream was sent already. */
    List<String> broken(Refusal refusal);

    /** An error when nothing was sent yet: status and body. */
    void refuse(HttpServerResponse response, Refusal refusal);
}
