package dev.lmbridge.sim.http;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Refusal.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The faults that hit one answer. They are taken from the book once, when the request has come, so that a request that waits for its
 * model counts as one call.
 *
 * @param cutAfter tokens after which the connection is cut, or a negative number for never
 * @param errorAfter tokens after which a stream tells an error, or a negative number for never
 * @param error what it tells then
 * @param empty whether the answer has no text
 * @param unfinished whether a stream ends without its last event
 * @param wrongModel the model that the answer names instead of its own, or null for its own
 */
record TakenFaults(
        int cutAfter,
        int errorAfter,
        Refusal error,
        boolean empty,
        boolean unfinished,
        @Nullable String wrongModel) {
    private static final String ERROR =
            "Error in iterating prediction stream: RuntimeError: the simulation was told to fail.";

    static final TakenFaults NONE = cut(-1);

    /** No fault, or only a cut. */
    static TakenFaults cut(int tokens) {
        return new TakenFaults(tokens, -1, refusal(null), false, false, null);
    }

    /**
     * Takes what hits this request.
     *
     * @param subject the modelKey that it is about, or null if there is none
     * @param others the modelKeys of the catalogue; a wrong model without a name is the first of them that is another one
     */
    static TakenFaults take(FaultBook book, @Nullable String subject, boolean stream, List<String> others) {
        Optional<Fault> cut = book.take(FaultKind.STREAM_CUT, subject);
        Optional<Fault> error = book.take(FaultKind.STREAM_ERROR, subject);
        boolean empty = book.take(FaultKind.STREAM_EMPTY, subject).isPresent();
        boolean unfinished =
                stream && book.take(FaultKind.STREAM_UNFINISHED, subject).isPresent();
        Optional<Fault> wrong = book.take(FaultKind.WRONG_MODEL, subject);
        return new TakenFaults(
                cut.map(Fault::tokens).orElse(-1),
                error.map(Fault::tokens).orElse(-1),
                refusal(error.map(Fault::text).orElse(null)),
                empty,
                unfinished,
                wrong.map(fault -> another(fault, subject, others)).orElse(null));
    }

    private static String another(Fault fault, @Nullable String subject, List<String> keys) {
        String told = fault.text();
        return told != null
                ? told
                : keys.stream().filter(key -> !key.equals(subject)).findFirst().orElse("another-model");
    }

    private static Refusal refusal(@Nullable String text) {
        return new Refusal(Reason.CRASHED, text == null ? ERROR : text, null, null);
    }
}
