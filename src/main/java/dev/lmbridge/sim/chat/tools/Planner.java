package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which tools to call next. It keeps no state: each time it goes through the steps of the task again, takes what
 * the conversation says about each, and stops at the first that is still to be done.
 */
public final class Planner {
    private static final int MOST_CALLS = 24;
    private static final int MOST_CORRECTIONS = 3;
    private static final int DEEPEST = 3;
    private static final Set<String> HARMLESS =
            Set.of("read", "find", "list", "count", "calculate", "check", "add", "multiply", "subtract", "divide");

    private final History history;
    private final List<Offer> offers;
    private final List<Step> steps;
    private final Step whole;
    private final Facts facts;
    private final Set<Offer> worked = new HashSet<>();
    private final Set<Offer> broken = new HashSet<>();
    private final List<PlannedCall> pending = new ArrayList<>();
    private final List<Offer> pendingTools = new ArrayList<>();
    private @Nullable Offer latest;
    private boolean failed;

    private Planner(ChatRequest request) {
        history = new History(request.messages());
        offers = Offer.of(request.tools());
        steps = Steps.of(history.task());
        whole = new Step(Lexer.tokens(history.task()));
        facts = new Facts(whole);
    }

    /** A call to make; {@code arguments} follow the schema of the tool. */
    public record PlannedCall(String tool, ObjectNode arguments) {}

    private enum Progress {
        DONE,
        WAITING,
        FAILED
    }

    /** The calls to make now; none when all is done, when nothing fits, or when the request forbids them. */
    public static List<PlannedCall> next(ChatRequest request) {
        if (request.tools().isEmpty() || request.toolChoice() == ToolChoice.NONE) {
            return List.of();
        }
        return new Planner(request).calls(request.toolChoice() == ToolChoice.REQUIRED);
    }

    private List<PlannedCall> calls(boolean required) {
        if (history.calls().size() < MOST_CALLS) {
            walk();
        }
        if (pending.isEmpty() && required) {
            anyCall();
        }
        return pending.stream()
                .limit(Math.max(1, MOST_CALLS - history.calls().size()))
                .toList();
    }

    private void walk() {
        List<Offer> chosen = new ArrayList<>();
        Set<Offer> sofar = new HashSet<>();
        List<Value> spare = new ArrayList<>();
        for (Step step : steps) {
            Offer offer = best(step, sofar, Set.of());
            chosen.add(offer);
            if (offer == null) {
                spare.addAll(step.values());
            } else {
                sofar.add(offer);
            }
        }
        for (int i = 0; i < steps.size() && !failed; i++) {
            Offer offer = chosen.get(i);
            if (offer != null
                    && perform(steps.get(i), offer, spare, 0) == Progress.WAITING
                    && !mayGoOn(steps, chosen, i)) {
                return;
            }
        }
    }

    /** The next step may be called in the same answer if it neither needs a result nor changes anything. */
    private boolean mayGoOn(List<Step> all, List<Offer> chosen, int at) {
        if (at + 1 >= all.size()
                || chosen.get(at + 1) == null
                || all.get(at + 1).refersBack()) {
            return false;
        }
        pendingTools.add(chosen.get(at + 1));
        boolean harmless = pendingTools.stream().allMatch(offer -> HARMLESS.containsAll(offer.actions()));
        Arguments arguments = Arguments.of(chosen.get(at + 1), all.get(at + 1), List.of(), facts);
        boolean alike = chosen.get(at + 1) == chosen.get(at) || arguments.isCertain();
        return harmless && alike && !pending.isEmpty() && arguments.missing().isEmpty() && !arguments.usesResults();
    }

    private @Nullable Offer best(Step step, Set<Offer> before, Set<Offer> without) {
        boolean question = step.says("what how which who when where why");
        double enough = step.actions().isEmpty() && !question && !step.isReport() ? Offer.FITS + 1.5 : Offer.FITS;
        return offers.stream()
                .filter(offer -> !without.contains(offer))
                .filter(offer -> !step.isReport() || !before.contains(offer))
                .filter(offer -> rated(offer, step, before) >= enough)
                .max(Comparator.comparingDouble(offer -> rated(offer, step, before)))
                .orElse(null);
    }

    private double rated(Offer offer, Step step, Set<Offer> before) {
        int missing = Arguments.of(offer, step, List.of(), facts).missing().size();
        return offer.score(step) - (before.isEmpty() ? 0.3 : 0.15) * missing;
    }

    private Progress perform(Step step, Offer offer, List<Value> spare, int depth) {
        pendingTools.add(offer);
        Arguments arguments = Arguments.of(offer, step, spare, facts);
        if (!arguments.missing().isEmpty() && depth < DEEPEST) {
            Offer source = source(step, offer, arguments);
            if (source != null) {
                Progress progress = perform(step, source, spare, depth + 1);
                if (progress != Progress.DONE) {
                    return progress;
                }
                arguments = Arguments.of(offer, step, spare, facts);
            }
        }
        boolean same = offer == latest && step.values().isEmpty() && !step.says("each every all both again");
        if (same && depth == 0) {
            return Progress.DONE;
        }
        latest = offer;
        Progress all = Progress.DONE;
        for (ObjectNode each : arguments.all()) {
            Progress one = attempt(step, offer, each, depth);
            all = one == Progress.DONE ? all : one;
        }
        worked.add(offer);
        return all;
    }

    /** A tool that may give what a required field still lacks. */
    private @Nullable Offer source(Step step, Offer wanting, Arguments arguments) {
        List<Value> left = step.values().stream()
                .filter(value -> !arguments.used().contains(value))
                .toList();
        if (left.isEmpty() && facts.isEmpty()) {
            return null;
        }
        return offers.stream()
                .filter(offer -> offer != wanting && !worked.contains(offer))
                .filter(offer -> HARMLESS.containsAll(offer.actions())
                        && !offer.actions().isEmpty())
                .filter(offer ->
                        offer.things(step) >= 0.5 || step.actions().stream().anyMatch(offer.actions()::contains))
                .filter(offer ->
                        Arguments.of(offer, step, List.of(), facts).missing().isEmpty())
                .max(Comparator.comparingDouble(offer -> offer.score(step)))
                .orElse(null);
    }

    private Progress attempt(Step step, Offer offer, ObjectNode first, int depth) {
        ObjectNode arguments = first;
        String tool = offer.tool().name();
        for (int i = 0; i <= MOST_CORRECTIONS; i++) {
            boolean again = i > 0;
            History.Call made = history.take(tool, arguments);
            if (made == null) {
                if (!again && history.has(tool, arguments)) {
                    return Progress.DONE;
                }
                PlannedCall call = new PlannedCall(tool, arguments);
                if (!pending.contains(call)) {
                    pending.add(call);
                }
                return Progress.WAITING;
            }
            if (!made.outcome().failed()) {
                facts.add(offer, made.arguments(), made.outcome());
                return Progress.DONE;
            }
            ObjectNode better = Correction.of(offer, made.arguments(), made.outcome(), whole, facts);
            if (better == null) {
                break;
            }
            arguments = better;
        }
        broken.add(offer);
        Offer other = depth >= DEEPEST ? null : best(step, Set.of(), broken);
        if (other == null || other.actions().stream().noneMatch(step.actions()::contains)) {
            failed = true;
            return Progress.FAILED;
        }
        return perform(step, other, List.of(), depth + 1);
    }

    /** The request demands a call: the tool that fits best, rather one that was not called yet. */
    private void anyCall() {
        List<PlannedCall> possible = offers.stream()
                .sorted(Comparator.comparingDouble((Offer offer) -> -offer.score(whole)))
                .map(offer -> new PlannedCall(
                        offer.tool().name(),
                        Arguments.of(offer, whole, List.of(), facts).all().getFirst()))
                .toList();
        pending.add(possible.stream()
                .filter(call -> !history.has(call.tool(), call.arguments()))
                .findFirst()
                .orElse(possible.getFirst()));
    }
}
