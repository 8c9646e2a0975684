package dev.lmbridge.sim.faults;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value that some kinds of faults take. */
public enum FaultValue {
    AFTER_MS("afterMs", "a time in milliseconds"),
    TOKENS("tokens", "a number of tokens"),
    GIGABYTES("gigabytes", "memory, in decimal GB"),
    TEXT("text", "the text of a message"),
    WORDING("wording", "one of a few forms");

    private final String wireName;
    private final String meaning;

    FaultValue(String wireName, String meaning) {
        this.wireName = wireName;
        this.meaning = meaning;
    }

    /**
     * How one kind uses it.
     *
     * @param usual the value when the fault names none, as text; null for none
     * @param allowed the only values there are; empty for no such limit
     */
    public record Use(FaultValue value, @Nullable String usual, List<String> allowed) {
        public Use {
            allowed = List.copyOf(allowed);
        }
    }

    public String wireName() {
        return wireName;
    }

    public String meaning() {
        return meaning;
    }

    Use of(@Nullable Integer usual) {
        return new Use(this, usual == null ? null : usual.toString(), List.of());
    }

    /** The first one is the usual one. */
    Use of(String usual, String... others) {
        List<String> all = new java.util.ArrayList<>(List.of(usual));
        all.addAll(List.of(others));
        return new Use(this, usual, all);
    }
}
