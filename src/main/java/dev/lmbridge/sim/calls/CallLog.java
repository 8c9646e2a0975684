package dev.lmbridge.sim.calls;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What reached the simulation. It keeps the last ten thousand calls of {@code lms}, and counts of HTTP requests. */
public final class CallLog {
    private static final int KEPT = 10_000;
    private static final int KEPT_COUNTERS = 1_000;

    private final InstantSource clock;
    private final Deque<LmsCall> lms = new ArrayDeque<>();
    private final Map<String, Integer> byRoute = new TreeMap<>();
    private final Map<String, Integer> byModel = new TreeMap<>();
    private final Set<Long> grandchildren = new LinkedHashSet<>();
    private int absent;
    private int inFlight;
    private int lastNumber;

    public CallLog(InstantSource clock) {
        this.clock = clock;
    }

    /** One call of {@code lms}. Belongs to the thread of the machine. */
    public static final class LmsCall {
        private final int number;
        private final List<String> argv;
        private final String home;
        private final Instant started;
        private @Nullable Instant ended;
        private @Nullable Integer exitCode;

        LmsCall(int number, List<String> argv, String home, Instant started) {
            this.number = number;
            this.argv = List.copyOf(argv);
            this.home = home;
            this.started = started;
        }

        public int number() {
            return number;
        }

        public List<String> argv() {
            return argv;
        }

        /** HOME as the process has it; empty if it has none. */
        public String home() {
            return home;
        }

        public Instant started() {
            return started;
        }

        /** Null while it runs. */
        public @Nullable Instant ended() {
            return ended;
        }

        /** Null while it runs, and when it was killed. */
        public @Nullable Integer exitCode() {
            return exitCode;
        }
    }

    LmsCall begin(List<String> argv, String home) {
        LmsCall call = new LmsCall(++lastNumber, argv, home, clock.instant());
        lms.add(call);
        if (lms.size() > KEPT) {
            lms.remove();
        }
        return call;
    }

    void end(LmsCall call, @Nullable Integer exitCode) {
        if (call.ended == null) {
            call.ended = clock.instant();
            call.exitCode = exitCode;
        }
    }

    /** An HTTP request came; the route is the method and the path as the API documents it. */
    public void request(String route) {
        count(byRoute, route);
    }

    /** An inference request begins; tell {@link #inferenceEnded} when it is over. */
    public void inference(String route, @Nullable String model, boolean named) {
        count(byModel, route + " " + (model == null ? "(none)" : model));
        inFlight++;
        if (!named) {
            absent++;
        }
    }

    public void inferenceEnded() {
        inFlight--;
    }

    /** A fault made a process of {@code lms} start another one. */
    void grandchild(long pid) {
        grandchildren.removeIf(old -> ProcessHandle.of(old).isEmpty());
        grandchildren.add(pid);
    }

    /** Ids of the processes that faults started, of those that may still run. */
    public List<Long> grandchildren() {
        return List.copyOf(grandchildren);
    }

    public List<LmsCall> lmsCalls() {
        return List.copyOf(lms);
    }

    public Map<String, Integer> requestsByRoute() {
        return Map.copyOf(byRoute);
    }

    /** Inference requests by route and model, with a space between. */
    public Map<String, Integer> inferenceByModel() {
        return Map.copyOf(byModel);
    }

    /** Inference requests that named no instance that was there. */
    public int absentInference() {
        return absent;
    }

    /** Inference requests that have begun and not ended. */
    public int inFlight() {
        return inFlight;
    }

    /** Forgets all but what still runs. */
    public void clear() {
        lms.removeIf(call -> call.ended != null);
        byRoute.clear();
        byModel.clear();
        absent = 0;
    }

    private static void count(Map<String, Integer> counters, String name) {
        String key = counters.containsKey(name) || counters.size() < KEPT_COUNTERS ? name : "(other)";
        counters.merge(key, 1, Integer::sum);
    }
}
