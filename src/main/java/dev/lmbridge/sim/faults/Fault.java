package dev.lmbridge.sim.faults;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One fault that is switched on.
 *
 * @param id number in the order of switching on
 * @param model modelKey or identifier that it is limited to, or null for all
 * @param command {@code lms} command that it is limited to, or null for all
 * @param left calls that it will still hit, or null for until it is switched off
 * @param after the delay of kinds that have one
 * @param tokens for a cut stream: tokens sent before the cut
 * @param gigabytes for a memory refusal: the figure in its text (decimal GB), or null for the real need
 * @param text for kinds with a message: the message, or null for the usual one
 */
public record Fault(
        int id,
        FaultKind kind,
        @Nullable String model,
        @Nullable String command,
        @Nullable Integer left,
        Duration after,
        int tokens,
        @Nullable Double gigabytes,
        @Nullable String text) {

    /** A fault of this kind for every model and every call, until it is switched off. */
    public static Fault always(FaultKind kind) {
        return new Fault(0, kind, null, null, null, Duration.ofSeconds(1), 3, null, null);
    }

    public Fault forModel(String only) {
        return new Fault(id, kind, only, command, left, after, tokens, gigabytes, text);
    }

    public Fault times(int calls) {
        return new Fault(id, kind, model, command, calls, after, tokens, gigabytes, text);
    }

    public Fault after(Duration delay) {
        return new Fault(id, kind, model, command, left, delay, tokens, gigabytes, text);
    }

    Fault withId(int number) {
        return new Fault(number, kind, model, command, left, after, tokens, gigabytes, text);
    }

    boolean hits(FaultKind wanted, @Nullable String subject) {
        String limit = wanted.wireName().startsWith("lms-") ? command : model;
        return kind == wanted && (limit == null || limit.equals(subject));
    }
}
