package dev.lmbridge.sim.faults;

import java.util.Arrays;
import java.util.Optional;

/** What can be made to go wrong. The wire name is what the control endpoint takes as {@code kind}. */
public enum FaultKind {
    LOAD_HANGS("load-hangs", "a load makes progress to the half and never ends"),
    LOAD_LOST("load-lost", "a load reports success, but the model is never listed"),
    LOAD_LATE("load-late", "a load reports success, and the model is listed only afterMs later"),
    LOAD_MEMORY("load-memory", "a load is refused by the memory guardrail; gigabytes sets the figure"),
    LOAD_FAILS("load-fails", "a load fails in the engine; text sets the cause"),
    LMS_HANGS("lms-hangs", "lms never ends, and a process it started holds its streams; command narrows it"),
    LMS_LEAVES_CHILD("lms-leaves-child", "lms ends as usual, but a process it started goes on holding its streams"),
    LMS_NOT_RUNNING("lms-not-running", "lms answers as if no LM Studio were running; command narrows it"),
    LMS_ROW_VANISHES("lms-row-vanishes", "lms ps fails as when an instance goes away while it reads"),
    HTTP_500("http-500", "an inference request is answered with status 500; text sets the message"),
    STREAM_CUT("stream-cut", "the connection of an inference request is cut after some tokens; tokens sets how many"),
    SLOW_TOKENS("slow-tokens", "every token takes afterMs");

    private final String wireName;
    private final String meaning;

    FaultKind(String wireName, String meaning) {
        this.wireName = wireName;
        this.meaning = meaning;
    }

    public String wireName() {
        return wireName;
    }

    public String meaning() {
        return meaning;
    }

    public static Optional<FaultKind> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName.equals(name))
                .findFirst();
    }
}
