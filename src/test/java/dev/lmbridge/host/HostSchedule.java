package dev.lmbridge.host;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One schedule of a host: callers come and leave, processes succeed, lie, hang and fail, models vanish, the host goes down
 * and returns; all of it drawn from a seed, in virtual time. {@link HostInvariants} watches.
 */
final class HostSchedule {
    private static final HostPolicy PATIENT = new HostPolicy(
            Duration.ofSeconds(60),
            Duration.ofMinutes(3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            2,
            Duration.ofSeconds(40),
            new HostPolicy.Retrying(
                    3, List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4)), 0.1),
            new HostPolicy.Breaking(2, Duration.ofSeconds(15), Duration.ofSeconds(50)));
    private static final HostPolicy ONE_TRY = new HostPolicy(
            PATIENT.loadTimeout(),
            PATIENT.maxLoad(),
            PATIENT.commandTimeout(),
            PATIENT.verifyWithin(),
            PATIENT.pollEvery(),
            PATIENT.freshFor(),
            PATIENT.observeEvery(),
            PATIENT.idleEvery(),
            PATIENT.queueCapacity(),
            PATIENT.doubtFor(),
            HostPolicy.Retrying.NEVER,
            HostPolicy.Breaking.NEVER);
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final List<String> KEYS = List.of("a/one", "b/two", "c/three", "d/four");
    private static final List<Failure> FAILURES = List.of(
            loadFailed("lms_failed"),
            loadFailed("lms_failed"),
            loadFailed("lms_failed"),
            loadFailed("raced"),
            Failure.of(FailureCode.INSUFFICIENT_MEMORY, "too large"),
            Failure.of(FailureCode.MODEL_NOT_FOUND, "not there"),
            Failure.of(FailureCode.HOST_UNAVAILABLE, "no server"),
            Failure.of(FailureCode.LMS_NOT_INSTALLED, "no lms"));
    private static final int MOST_EVENTS = 20_000;

    private record Due(Instant at, long order, Runnable what) {}

    /** A process of {@code lms} that runs. */
    private static final class Running {
        final long operation;
        final Instant startedAt;
        Instant deadline;
        boolean ended;

        Running(long operation, Instant startedAt, Instant deadline) {
            this.operation = operation;
            this.startedAt = startedAt;
            this.deadline = deadline;
        }
    }

    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final HostPolicy policy;
    private final HostCore core;
    private final HostInvariants invariants;
    private final PriorityQueue<Due> agenda =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private final Map<String, ModelKey> memory = new LinkedHashMap<>();
    private final Map<String, Duration> ttls = new HashMap<>();
    private final List<CatalogModel> disk =
            KEYS.stream().map(key -> ScriptedHost.model(key, 1L << 30)).toList();
    private HostState state = HostState.initial(clock.instant());
    private @Nullable Running running;
    private boolean down;
    private long order;
    private long wakes;
    private int callers;

    /** @param telling whether the story is kept, for a person to read */
    HostSchedule(long seed, boolean telling) {
        random = new Random(seed);
        policy = random.nextInt(4) == 0 ? ONE_TRY : PATIENT;
        core = new HostCore(policy, clock);
        invariants = new HostInvariants(policy, clock, telling);
    }

    void run() {
        plan();
        wakeAt(clock.instant());
        int events = 0;
        Instant end = clock.instant().plus(Duration.ofHours(1));
        while (!agenda.isEmpty() && !agenda.element().at().isAfter(end)) {
            Due due = agenda.remove();
            clock.set(due.at());
            due.what().run();
            if (invariants.everybodyIsAnswered() && isQuiet()) {
                break;
            }
            invariants.require(++events < MOST_EVENTS, "the host comes to rest");
        }
        invariants.atTheEnd();
    }

    /** Nothing is to come that somebody waits for; looks alone go on for ever. */
    private boolean isQuiet() {
        return callers == 0 && running == null && state.running() == null;
    }

    private void plan() {
        if (chance(20)) {
            memory.put(KEYS.getFirst() + "~1", new ModelKey(KEYS.getFirst()));
        }
        callers = 1 + random.nextInt(10);
        int spread = 1 + random.nextInt(60_000);
        for (int each = 0; each < callers; each++) {
            String caller = "caller-" + each;
            in(random.nextInt(spread), () -> ask(caller));
        }
        for (int each = random.nextInt(5); each > 0; each--) {
            in(random.nextInt(60_000), this::meddle);
        }
        if (chance(5)) {
            in(random.nextInt(90_000), () -> on(new HostEvent.ShutdownAsked()));
        }
    }

    private void ask(String caller) {
        callers--;
        String name = chance(5)
                ? "nobody/knows"
                : chance(10) && !memory.isEmpty() ? any(List.copyOf(memory.keySet())) : any(KEYS.subList(0, 3));
        if (chance(3)) {
            name = KEYS.get(3);
        }
        Instant queueUntil = clock.instant().plus(chance(20) ? Duration.ofSeconds(1) : PATIENCE);
        boolean unload = chance(25);
        invariants.asked(caller, queueUntil, unload);
        if (chance(15)) {
            in(random.nextInt(60_000), () -> {
                if (invariants.left(caller)) {
                    on(new HostEvent.CallerLeft(caller));
                }
            });
        }
        if (unload) {
            on(new HostEvent.UnloadAsked(caller, name, chance(30), queueUntil));
        } else {
            Integer context = chance(10) ? Integer.valueOf(2_048 << random.nextInt(3)) : null;
            Instant since = chance(10) ? clock.instant() : null;
            on(new HostEvent.EnsureAsked(
                    caller, name, Duration.ofSeconds(1 + random.nextInt(3_600)), context, queueUntil, since));
        }
    }

    /** What others do to the host. */
    private void meddle() {
        switch (random.nextInt(4)) {
            case 0 -> {
                down = true;
                if (chance(50)) {
                    memory.clear();
                }
                in(random.nextInt(40_000), () -> down = false);
            }
            case 1 -> {
                String key = any(KEYS.subList(0, 3));
                memory.put(chance(50) ? key : key + ":2", new ModelKey(key));
            }
            case 2 ->
                List.copyOf(memory.entrySet()).forEach(entry -> {
                    memory.remove(entry.getKey());
                    in(random.nextInt(3_000), () -> memory.put(entry.getKey(), entry.getValue()));
                });
            default -> memory.keySet().stream().findFirst().ifPresent(memory::remove);
        }
    }

    private void on(HostEvent event) {
        HostCore.Step step = core.on(state, event);
        state = step.state();
        invariants.stepped(event, step);
        step.actions().forEach(this::carryOut);
        wakeAt(step.wakeAt());
    }

    private void wakeAt(Instant due) {
        long mine = ++wakes;
        Instant latest = clock.instant().plusSeconds(60);
        Instant at = due.isAfter(latest) ? latest : due.isBefore(clock.instant()) ? clock.instant() : due;
        agenda.add(new Due(at, order++, () -> {
            if (mine == wakes) {
                on(new HostEvent.Ticked());
            }
        }));
    }

    private void carryOut(HostAction action) {
        switch (action) {
            case HostAction.Look look -> look();
            case HostAction.ReadRows read -> readRows();
            case HostAction.RunLoad load -> load(load);
            case HostAction.RunUnload unload -> unload(unload);
            case HostAction.Postpone postpone -> postpone(postpone);
            case HostAction.Interrupt interrupt -> interrupt(interrupt);
            case HostAction.Reply reply -> replied(reply);
            case HostAction.Tell told -> {}
        }
    }

    private void look() {
        Instant startedAt = clock.instant();
        int answer = random.nextInt(chance(10) ? 4_000 : 50);
        boolean fails = chance(4);
        in(random.nextInt(answer + 1), () -> {
            boolean refused = down;
            List<LoadedModel> loaded = memory.entrySet().stream()
                    .map(entry -> new LoadedModel(entry.getKey(), entry.getValue(), 4_096))
                    .toList();
            in(answer, () -> {
                if (refused || fails) {
                    on(new HostEvent.ObservationFailed("it does not answer", refused));
                } else {
                    invariants.shown(loaded);
                    on(new HostEvent.Observed(new Observation(new Catalog(disk), loaded), startedAt));
                }
            });
        });
    }

    private void readRows() {
        invariants.require(!invariants.readingRows, "lms ps runs once at a time");
        invariants.readingRows = true;
        Instant startedAt = clock.instant();
        boolean fails = chance(10);
        int answer = random.nextInt(fails ? 30_000 : 1_000);
        in(random.nextInt(answer + 1), () -> {
            boolean unread = down || fails;
            List<InstanceRow> rows = memory.keySet().stream()
                    .map(id -> new InstanceRow(id, ttls.get(id), 4_096, null))
                    .toList();
            in(answer, () -> {
                invariants.readingRows = false;
                on(
                        unread
                                ? new HostEvent.RowsFailed(Failure.of(FailureCode.UPSTREAM_ERROR, "no rows"), startedAt)
                                : new HostEvent.RowsRead(rows, startedAt));
            });
        });
    }

    private void load(HostAction.RunLoad load) {
        invariants.begins(load, running != null, state);
        Running process = start(load.operation(), load.deadline());
        int takes = random.nextInt(chance(10) ? 200_000 : 20_000);
        boolean fails = chance(15);
        boolean appears = !chance(fails ? 80 : 10);
        for (int each = random.nextInt(4); each > 0; each--) {
            int percent = random.nextInt(101);
            in(random.nextInt(takes + 1), () -> on(new HostEvent.LoadProgressed(load.operation(), percent)));
        }
        if (appears) {
            in(random.nextInt(takes + 1) + (chance(20) ? random.nextInt(30_000) : 0), () -> {
                if (!down) {
                    memory.put(load.identifier(), load.key());
                    ttls.put(load.identifier(), load.ttl());
                    in(chance(15) ? random.nextInt(3_000) : 3_600_000, () -> memory.remove(load.identifier()));
                }
            });
        }
        ends(process, takes, fails);
    }

    private void unload(HostAction.RunUnload unload) {
        invariants.begins(unload, running != null, state);
        Running process = start(unload.operation(), unload.deadline());
        int takes = random.nextInt(chance(10) ? 40_000 : 1_000);
        boolean fails = chance(15);
        if (!chance(fails ? 70 : 10)) {
            in(
                    random.nextInt(takes + 1) + (chance(20) ? random.nextInt(25_000) : 0),
                    () -> memory.remove(unload.identifier()));
        }
        ends(process, takes, fails);
    }

    private Running start(long operation, Duration deadline) {
        Running process =
                new Running(operation, clock.instant(), clock.instant().plus(deadline));
        running = process;
        return process;
    }

    /** A process ends when it is done, or when its deadline strikes, which may move meanwhile. */
    private void ends(Running process, int takes, boolean fails) {
        Failure failure = fails ? any(FAILURES) : null;
        in(takes, () -> end(process, failure));
        atDeadline(process);
    }

    private void atDeadline(Running process) {
        agenda.add(new Due(process.deadline, order++, () -> {
            if (process.deadline.isAfter(clock.instant())) {
                atDeadline(process);
            } else {
                end(process, loadFailed("timeout"));
            }
        }));
    }

    private void end(Running process, @Nullable Failure failure) {
        if (!process.ended) {
            process.ended = true;
            running = null;
            on(new HostEvent.ProcessEnded(process.operation, failure));
        }
    }

    private static Failure loadFailed(String reason) {
        return Failure.of(FailureCode.MODEL_LOAD_FAILED, "the process failed").with("reason", reason);
    }

    private void postpone(HostAction.Postpone postpone) {
        Running process = running;
        if (process != null && process.operation == postpone.operation()) {
            process.deadline = clock.instant().plus(postpone.deadline());
            invariants.require(
                    !process.deadline.isAfter(process.startedAt.plus(policy.maxLoad())),
                    "no load exceeds the limit of all loads");
        }
    }

    private void interrupt(HostAction.Interrupt interrupt) {
        Running process = running;
        if (process != null && process.operation == interrupt.operation()) {
            Failure ending = loadFailed(chance(50) ? "cancelled" : "killed");
            in(random.nextInt(2_000), () -> end(process, ending));
        }
    }

    private void replied(HostAction.Reply reply) {
        invariants.replied(reply, state);
        if (reply.answer() instanceof Answer.Ready ready && chance(70)) {
            in(chance(80) ? 0 : random.nextInt(3_000), () -> use(ready.instance()));
        }
    }

    private void use(Instance instance) {
        if (instance.admit()) {
            invariants.admitted(instance, state);
            in(random.nextInt(chance(20) ? 60_000 : 2_000), instance::leave);
        }
    }

    private void in(int millis, Runnable what) {
        agenda.add(new Due(clock.instant().plusMillis(millis), order++, what));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T any(List<T> things) {
        return Objects.requireNonNull(things.get(random.nextInt(things.size())));
    }

    /** What was seen of all schedules together, to prove that they reach what they are meant to reach. */
    Map<String, Integer> reached() {
        return new LinkedHashMap<>(invariants.reached);
    }

    List<String> story() {
        return new ArrayList<>(invariants.story);
    }
}
