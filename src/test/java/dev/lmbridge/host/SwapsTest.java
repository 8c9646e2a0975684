package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.POLICY;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.Catalog;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Ten callers who each ask one of two models at random, again and again, on a host where only one of them fits; in virtual time. What the
 * core makes of it is compared with serving everybody in the order of arrival.
 */
final class SwapsTest {
    private static final int CALLERS = 10;
    private static final Duration LASTS = Duration.ofMinutes(20);
    private static final long SERVICE = 1_000;
    private static final long LOAD = 5_000;
    private static final long UNLOAD = 500;
    private static final List<String> MODELS = List.of(QWEN, GEMMA);

    /** @param waits from asking to being served, in milliseconds, in rising order */
    private record Result(int swaps, List<Long> waits) {
        private long part(double share) {
            return waits.get((int) Math.min(waits.size() - 1, Math.round(share * (waits.size() - 1))));
        }

        String text(String order) {
            return String.format(
                    Locale.ROOT,
                    "Swaps, %s: %d requests, %d swaps, waits p50 %.1f s, p95 %.1f s, max %.1f s",
                    order,
                    waits.size(),
                    swaps,
                    part(0.5) / 1000.0,
                    part(0.95) / 1000.0,
                    waits.getLast() / 1000.0);
        }
    }

    @Test
    void callersWhoAlternateCauseSwapsByTimeNotByRequest() {
        Result naive = inOrderOfArrival();
        Result ours = new Host().run();
        System.out.println(naive.text("in order of arrival"));
        System.out.println(ours.text("as the core decides"));
        long stays = HostPolicy.Fitting.RESIDENCY.toMillis() + LOAD;
        assertThat(ours.swaps()).isLessThan(naive.swaps());
        assertThat(ours.swaps() * 10).isLessThan(ours.waits().size());
        assertThat(ours.waits()).hasSizeGreaterThan(2 * naive.waits().size());
        // Whoever waits for the other model waits for its turn, not for luck: residency, the last answer, unload and
        // load.
        assertThat(ours.waits().getLast()).isLessThan(2 * (stays + SERVICE + UNLOAD));
    }

    private static String anyModel(SplittableRandom random) {
        return MODELS.get(random.nextInt(2));
    }

    /** Nobody is served before somebody who came earlier; the models change whenever the next one in line wants the other. */
    private static Result inOrderOfArrival() {
        record Ask(long at, int caller, String model) {}
        SplittableRandom random = new SplittableRandom(1);
        PriorityQueue<Ask> line =
                new PriorityQueue<>(Comparator.comparingLong(Ask::at).thenComparingInt(Ask::caller));
        for (int caller = 0; caller < CALLERS; caller++) {
            line.add(new Ask(0, caller, anyModel(random)));
        }
        List<Long> waits = new ArrayList<>();
        String resident = "";
        long start = 0;
        long idle = 0;
        int swaps = 0;
        while (line.peek() != null && line.peek().at() < LASTS.toMillis()) {
            Ask next = line.remove();
            start = Math.max(start, next.at());
            if (!next.model().equals(resident)) {
                start = Math.max(start, idle) + (resident.isEmpty() ? 0 : UNLOAD) + LOAD;
                swaps += resident.isEmpty() ? 0 : 1;
                resident = next.model();
            }
            idle = Math.max(idle, start + SERVICE);
            waits.add(start - next.at());
            line.add(new Ask(start + SERVICE, next.caller(), anyModel(random)));
        }
        waits.sort(null);
        return new Result(swaps, waits);
    }

    /** The core, a host that does what it is asked to, and callers who ask as the gateway does. */
    private static final class Host {
        private static final long GIB = 1L << 30;

        private final Agenda agenda = new Agenda();
        private final HostCore core = new HostCore(
                POLICY.fitting(new HostPolicy.Fitting(10 * GIB, GIB, HostPolicy.Fitting.RESIDENCY)), agenda.wall());
        private final Catalog catalog = new Catalog(List.of(model(QWEN, 6 * GIB), model(GEMMA, 6 * GIB)));
        private final Map<String, ModelKey> memory = new LinkedHashMap<>();
        private final Map<String, Runnable> waiting = new HashMap<>();
        private final SplittableRandom random = new SplittableRandom(1);
        private final List<Long> waits = new ArrayList<>();
        private HostState state = HostState.initial(agenda.now());
        private HostView view = HostView.of(state);
        private int asks;
        private int swaps;
        private long wakes;

        Result run() {
            Instant end = agenda.now().plus(LASTS);
            on(new HostEvent.Ticked());
            for (int caller = 0; caller < CALLERS; caller++) {
                agenda.in(100, () -> ask(anyModel(random), agenda.now()));
            }
            while (agenda.hasAnyBefore(end)) {
                agenda.next();
            }
            waits.sort(null);
            return new Result(swaps, waits);
        }

        private void ask(String model, Instant since) {
            Instance there = view.instanceFor(model, null).orElse(null);
            if (there != null && there.admit()) {
                serve(there, since);
                return;
            }
            String caller = "caller-" + asks++;
            waiting.put(caller, () -> ask(model, since));
            on(new HostEvent.EnsureAsked(
                    caller, model, Duration.ofMinutes(10), null, agenda.now().plus(Duration.ofMinutes(2)), null));
        }

        private void serve(Instance instance, Instant since) {
            waits.add(Duration.between(since, agenda.now()).toMillis());
            agenda.in(SERVICE, () -> {
                instance.leave();
                ask(anyModel(random), agenda.now());
            });
        }

        private void on(HostEvent event) {
            HostCore.Step step = core.on(state, event);
            state = step.state();
            view = step.view();
            step.actions().forEach(this::carryOut);
            long mine = ++wakes;
            agenda.at(step.wakeAt(), () -> {
                if (mine == wakes) {
                    on(new HostEvent.Ticked());
                }
            });
        }

        private void carryOut(HostAction action) {
            Instant now = agenda.now();
            switch (action) {
                case HostAction.Look look ->
                    agenda.in(20, () -> on(new HostEvent.Observed(new Observation(catalog, loaded()), now)));
                case HostAction.ReadRows read -> agenda.in(300, () -> on(new HostEvent.RowsRead(rows(), now)));
                case HostAction.RunLoad load -> {
                    assertThat(memory).isEmpty();
                    agenda.in(LOAD, () -> ended(load.operation(), load.identifier(), load.key()));
                }
                case HostAction.RunUnload unload -> {
                    swaps++;
                    agenda.in(UNLOAD, () -> ended(unload.operation(), unload.identifier(), null));
                }
                case HostAction.Estimate estimate ->
                    agenda.in(
                            300,
                            () -> on(new HostEvent.Estimated(estimate.key(), estimate.contextLength(), 6 * GIB, null)));
                case HostAction.Reply reply -> {
                    assertThat(reply.answer()).isInstanceOf(Answer.Ready.class);
                    Runnable next = waiting.remove(reply.caller());
                    agenda.in(1, next == null ? () -> {} : next);
                }
                case HostAction.Tell tell -> {}
                case HostAction.Postpone postpone -> {}
                case HostAction.Interrupt interrupt -> throw new AssertionError("nobody gives up a load");
                case HostAction.EndUsers end -> throw new AssertionError("nothing is unloaded by force");
                case HostAction.Rearm rearm -> throw new AssertionError("nothing stays so long that it is kept");
            }
        }

        private void ended(long operation, String identifier, @Nullable ModelKey loaded) {
            if (loaded == null) {
                memory.remove(identifier);
            } else {
                memory.put(identifier, loaded);
            }
            on(new HostEvent.ProcessEnded(operation, null));
        }

        private List<LoadedModel> loaded() {
            return memory.entrySet().stream()
                    .map(one -> new LoadedModel(one.getKey(), one.getValue(), 4_096))
                    .toList();
        }

        private List<InstanceRow> rows() {
            return memory.keySet().stream()
                    .map(one -> new InstanceRow(one, Duration.ofMinutes(10), 4_096, null))
                    .toList();
        }
    }
}
