package dev.lmbridge.sim.faults;

import static dev.lmbridge.sim.faults.FaultValue.AFTER_MS;
import static dev.lmbridge.sim.faults.FaultValue.GIGABYTES;
import static dev.lmbridge.sim.faults.FaultValue.TEXT;
import static dev.lmbridge.sim.faults.FaultValue.TOKENS;
import static dev.lmbridge.sim.faults.FaultValue.WORDING;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be made to go wrong. The wire name is what the control endpoint takes as {@code kind}. */
public enum FaultKind {
    LOAD_HANGS(Scope.LOAD, "load-hangs", "a load stays at the half for ever"),
    LOAD_SLOW(Scope.LOAD, "load-slow", "a load takes afterMs, and shows how far it is", AFTER_MS.of(10_000)),
    LOAD_SILENT(Scope.LOAD, "load-silent", "a load takes afterMs, and shows nothing on the way", AFTER_MS.of(10_000)),
    LOAD_LOST(Scope.LOAD, "load-lost", "a load says success, and the model is never listed"),
    LOAD_LATE(Scope.LOAD, "load-late", "the model is listed only afterMs after the success", AFTER_MS.of(1_000)),
    LOAD_MEMORY(
            Scope.LOAD,
            "load-memory",
            "the memory guardrail refuses; gigabytes is the figure, wording the version",
            GIGABYTES.of(null),
            WORDING.of("current", "old", "nan")),
    LOAD_FAILS(
            Scope.LOAD,
            "load-fails",
            "the engine fails; text is what it says, wording the place of it",
            TEXT.of(null),
            WORDING.of("cause", "suggestion", "title")),
    LOAD_CRASHES(
            Scope.LOAD,
            "load-crashes",
            "LM Studio dies in the middle of a load, and is back after afterMs",
            AFTER_MS.of(3_000)),
    INSTANCE_VANISHES(
            Scope.LOAD, "instance-vanishes", "a loaded instance is gone afterMs after its load", AFTER_MS.of(0)),
    INSTANCE_DOUBLES(Scope.LOAD, "instance-doubles", "a load makes two instances"),
    INSTANCE_CONTEXT(Scope.LOAD, "instance-context", "a load gets another context length: tokens", TOKENS.of(2_048)),
    DOWNLOAD_FAILS(Scope.LOAD, "download-fails", "a download fails at the half; text is the reason", TEXT.of(null)),
    DOWNLOAD_STALLS(Scope.LOAD, "download-stalls", "a download stays at the half for ever"),

    SLOW_TOKENS(Scope.INFERENCE, "slow-tokens", "a token every afterMs", AFTER_MS.of(1_000)),
    STREAM_CUT(Scope.INFERENCE, "stream-cut", "the connection is cut after tokens", TOKENS.of(3)),
    STREAM_ERROR(
            Scope.INFERENCE,
            "stream-error",
            "a stream with status 200 tells an error after tokens; text is the error",
            TOKENS.of(3),
            TEXT.of(null)),
    STREAM_EMPTY(Scope.INFERENCE, "stream-empty", "an answer without any text, and without an error"),
    STREAM_UNFINISHED(Scope.INFERENCE, "stream-unfinished", "a stream ends without its last event ([DONE])"),
    HTTP_500(Scope.INFERENCE, "http-500", "inference answers 500; text is the message", TEXT.of(null)),
    HTTP_RESET(Scope.INFERENCE, "http-reset", "the connection is reset when the request has come"),
    WRONG_MODEL(Scope.INFERENCE, "wrong-model", "an answer says that another model gave it: text", TEXT.of(null)),
    TOOL_MALFORMED(
            Scope.INFERENCE,
            "tool-malformed",
            "a call of a tool stays in the text, has broken arguments, or an unknown name",
            WORDING.of("text", "arguments", "name")),

    LMS_HANGS(Scope.LMS, "lms-hangs", "lms hangs at once, with a grandchild that holds its streams"),
    LMS_HANGS_AFTER(Scope.LMS, "lms-hangs-after", "lms does its work, prints its lines, and hangs"),
    LMS_SLOW_EXIT(Scope.LMS, "lms-slow-exit", "lms does its work, and ends afterMs later", AFTER_MS.of(5_000)),
    LMS_SCHEMA_SKEW(Scope.LMS, "lms-schema-skew", "lms warns of a protocol that it does not know, and hangs"),
    LMS_LEAVES_CHILD(Scope.LMS, "lms-leaves-child", "lms ends, but a process that it started keeps its streams open"),
    LMS_NOT_RUNNING(Scope.LMS, "lms-not-running", "lms finds no LM Studio, and none to start"),
    LMS_WAKE_FAILS(
            Scope.LMS, "lms-wake-fails", "lms tries for afterMs to wake LM Studio up, in vain", AFTER_MS.of(60_000)),
    LMS_WAKES(Scope.LMS, "lms-wakes", "lms wakes LM Studio up in afterMs, and goes on", AFTER_MS.of(2_000)),
    LMS_ROW_VANISHES(Scope.LMS, "lms-row-vanishes", "lms ps fails, as when an instance goes while it reads"),
    LMS_GARBAGE(Scope.LMS, "lms-garbage", "lms prints text instead of its output, and exits with 0", TEXT.of(null)),
    LMS_HALF_JSON(Scope.LMS, "lms-half-json", "lms prints half of its output, and exits with 0"),
    LMS_IDLE(Scope.LMS, "lms-idle", "lms says that it did it, exits with 0, and did nothing"),

    HTTP_REFUSED(Scope.HOST, "http-refused", "the HTTP port is closed for afterMs, or until off", AFTER_MS.of(null)),
    HOST_DOWN(
            Scope.HOST,
            "host-down",
            "LM Studio is gone with all its instances, for afterMs, or until off",
            AFTER_MS.of(null)),
    CRASH(Scope.HOST, "crash", "all instances and loads are gone, now; nothing stays on");

    /** What a fault can be limited to. */
    public enum Scope {
        /** One modelKey. */
        LOAD,
        /** One modelKey. */
        INFERENCE,
        /** One command of {@code lms}. */
        LMS,
        /** Nothing: it happens to the whole machine when it is switched on. */
        HOST
    }

    private final Scope scope;
    private final String wireName;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<FaultValue.Use> values;

    FaultKind(Scope scope, String wireName, String meaning, FaultValue.Use... values) {
        this.scope = scope;
        this.wireName = wireName;
        this.meaning = meaning;
        this.values = List.of(values);
    }

    public Scope scope() {
        return scope;
    }

    public String wireName() {
        return wireName;
    }

    public String meaning() {
        return meaning;
    }

    /** The values that it takes. */
    public List<FaultValue.Use> uses() {
        return values;
    }

    /** The names of the fields that a fault of this kind can have, in the order of documentation. */
    public List<String> fields() {
        List<String> limits = switch (scope) {
            case LOAD, INFERENCE -> List.of("model", "times");
            case LMS -> List.of("command", "times");
            case HOST -> List.of();
        };
        return java.util.stream.Stream.concat(
                        limits.stream(), values.stream().map(use -> use.value().wireName()))
                .toList();
    }

    public static Optional<FaultKind> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName.equals(name))
                .findFirst();
    }
}
