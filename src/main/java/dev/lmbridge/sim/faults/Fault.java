package dev.lmbridge.sim.faults;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One fault that is switched on.
 *
 * @param id number in the order of switching on
 * @param subject modelKey or {@code lms} command that it is limited to, or null for all
 * @param left calls that it will still hit, or null for until it is switched off
 */
public record Fault(
        int id,
        FaultKind kind,
        @Nullable String subject,
        @Nullable Integer left,
        Values values) {

    /**
     * What the kind takes; see {@link FaultKind#uses}.
     *
     * @param after a time, or null where the kind has no usual one
     * @param gigabytes the figure of a memory refusal (decimal GB), or null for the real need
     * @param text a message, or null for the usual one
     * @param wording one of the kind's forms, or null where it has none
     */
    public record Values(
            @Nullable Duration after,
            @Nullable Integer tokens,
            @Nullable Double gigabytes,
            @Nullable String text,
            @Nullable String wording) {

        /** The usual values of a kind. */
        public static Values usual(FaultKind kind) {
            String after = usual(kind, FaultValue.AFTER_MS);
            String tokens = usual(kind, FaultValue.TOKENS);
            return new Values(
                    after == null ? null : Duration.ofMillis(Long.parseLong(after)),
                    tokens == null ? null : (Integer) Integer.parseInt(tokens),
                    null,
                    null,
                    usual(kind, FaultValue.WORDING));
        }

        private static @Nullable String usual(FaultKind kind, FaultValue value) {
            for (FaultValue.Use use : kind.uses()) {
                if (use.value() == value) {
                    return use.usual();
                }
            }
            return null;
        }
    }

    /** A fault of this kind with its usual values, for every call until it is switched off. */
    public static Fault always(FaultKind kind) {
        return new Fault(0, kind, null, null, Values.usual(kind));
    }

    /** Limits it to one modelKey, or to one command of {@code lms}. */
    public Fault only(@Nullable String one) {
        return new Fault(id, kind, one, left, values);
    }

    public Fault times(@Nullable Integer calls) {
        return new Fault(id, kind, subject, calls, values);
    }

    public Fault with(Values changed) {
        return new Fault(id, kind, subject, left, changed);
    }

    public Fault after(Duration delay) {
        return with(new Values(delay, values.tokens(), values.gigabytes(), values.text(), values.wording()));
    }

    public Fault tokens(int number) {
        return with(new Values(values.after(), number, values.gigabytes(), values.text(), values.wording()));
    }

    public Fault text(String message) {
        return with(new Values(values.after(), values.tokens(), values.gigabytes(), message, values.wording()));
    }

    public Fault wording(String form) {
        return with(new Values(values.after(), values.tokens(), values.gigabytes(), values.text(), form));
    }

    /** The time of a kind that has a usual one; no time at all for the others. */
    public Duration after() {
        return values.after() == null ? Duration.ZERO : values.after();
    }

    /** The number of tokens of a kind that has a usual one; 0 for the others. */
    public int tokens() {
        return values.tokens() == null ? 0 : values.tokens();
    }

    public @Nullable String text() {
        return values.text();
    }

    public @Nullable Double gigabytes() {
        return values.gigabytes();
    }

    /** The form; empty for a kind without forms. */
    public String wording() {
        return values.wording() == null ? "" : values.wording();
    }

    Fault withId(int number) {
        return new Fault(number, kind, subject, left, values);
    }

    boolean hits(FaultKind wanted, @Nullable String called) {
        return kind == wanted && (subject == null || subject.equals(called));
    }
}
